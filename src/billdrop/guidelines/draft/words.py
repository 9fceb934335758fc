"""What invoices call their fields, in the languages whose months are known here, as `squashed` makes them."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from billdrop.values.currencies import MINOR_UNITS

_INVOICE = "rechnungs?|invoice|inv|bill|beleg|facture|factura|fattura|factuur|fatura|faktur[ay]?|gutschrifts?|rechnungskorrektur|creditnote|document|documento"
_NUMBER = "nr|no|n|num|numero|numer|number|nummer|id|code"
_VAT = "vat|gst|[ics]gst|hst|pst|salestax|tax|taxes|ust|mwst|umsatzsteuer|mehrwertsteuer|tva|iva|igic|btw|imposta|impuesto|imposto|moms|mva"
_WITH = "incl|inc|including|inclusive|inclusief|inkl|inklusive|mit|with|con|com|compresa"
_WITHOUT = (
    "excl|ex|exc|excluding|exclusive|exclusief|exkl|ohne|without|before|zzgl|sin|sem|esclusa|hors"
)

WORDS: tuple[tuple[str, int, str], ...] = (
    ("number", 3, rf"({_INVOICE})({_NUMBER})"),
    ("number", 3, rf"({_NUMBER})(de|da|della|di|du|del|der)?(la|l)?({_INVOICE})"),
    ("number", 3, rf"[a-z]{{0,60}}({_INVOICE})[a-z]{{0,30}}(nr|no|numero|numer|nummer|number)"),
    ("number", 2, rf"{_INVOICE}|invoicereference"),
    ("number", 1, r"nr|no|number|nummer|reference|referenz|ref"),
    ("issue_date", 3, rf"({_INVOICE}|issue|ausstellungs|tax)(datum|date|data|dato|dated)"),
    ("issue_date", 3, rf"date(de|d|dela|of)?(la|l)?({_INVOICE}|emission|facturation|issue)"),
    ("issue_date", 3, rf"(fecha|data)(de|da|della|di|do|del)?(la)?({_INVOICE}|emision|expedicion|emissione|emissao)"),
    ("issue_date", 3, r"dated|issued(on|at|date)?|dateissued|issuedate|datawystawienia(faktury)?"),
    ("issue_date", 2, r"date|datum|fecha|data|vom|tarikh"),
    ("issue_date", 2, r"[a-z]{0,30}(rechnung|invoice|facture|factura|fattura|factuur|fatura)"),
    ("due_date", 3, r"(payment)?due(date|by|on)?|paymentdue(date|by)?|payby|payableby|falligam|falligkeit(sdatum)?|zahlbarbis(zum)?|(dated?)?echeance|(fecha(de)?)?vencimiento|(data(di)?)?scadenza|vervaldatum|(datade)?vencimento|termin(platnosci|zaplaty)|forfall(o|s)datum|forfall(s)?dato|forfaldsdato"),
    ("total", 3, rf"(grand|invoice|gross|bill)total(amount)?|(grand|invoice|gross)amount|total(amount)?(gross|brutto|({_WITH})(of)?(all)?({_VAT})?)|(invoice)?totalamount"),
    ("total", 3, rf"(rechnungs|rechnungsend|gesamt|end|brutto|gesamtbrutto)(summe|betrag|beitrag|total)(brutto)?(({_WITH})({_VAT})?)?|(summe|gesamt|gesamtsumme|betrag|total)(brutto|({_WITH})({_VAT}))|gesamtbrutto"),
    ("total", 3, r"(montant|total|montanttotal)ttc|montanttotal|totalgeneral|total(dela|da|de|do)?(facture|factura|fatura)|(importe|valor|montante)total|totale(fattura|documento|generale|complessivo)|importototale|total(con|com)iva|totalivaincluid[oa]|totale(ivainclusa|ivacompresa)|factuur(bedrag|totaal)|(razem|suma|kwota|wartosc)brutto|naleznosc(ogolem)?|faktura(belop|belob)|total(belop|belob)|ialt|total(sum|suma)|totaalbedrag|totaal(inclbtw|inclusiefbtw)|tebetalentotaal"),
    ("total", 2, r"total|summe|gesamt|totale|totaal|totalt|sum|brutto|gross|ttc|bruto|razem|ogolem"),
    ("total", 1, r"amount|betrag|montant|importe|importo|bedrag|valor"),
    ("payable", 3, r"(total)?(amount|balance)(due|payable|owing)|total(due|payable)|netapayer|zahlbetrag|zahlungsbetrag|zuzahlen(der|de)?(betrag|beitrag|summe)?|(somme|montant|solde)apayer|(total|importe|liquido|valor)apagar|(totale|netto)(da|a)pagare|tebetalen(bedrag)?|offenerbetrag|pleasepay|(due)?payable|(razem|kwota|pozostalo)?dozaplaty|(belop|belob|summa)?(att|at|a)betal[ae]"),
    ("net", 3, rf"sub(total|totaal|totale)|zwischensumme(netto)?|summederpositionen|netto(summe|betrag|wert|total)?(gesamt)?|(summe|gesamt|gesamtbetrag|rechnungssumme|warenwert)netto(({_WITHOUT})({_VAT}))?|(rechnungssumme|summe|gesamtbetrag|betrag|total|totaal|totale|amount|montant)({_WITHOUT})({_VAT}|taxe|taxes)?|net(amount|total|value)?|total(net|netto|ht)|montantht|baseimponible|(totale)?imponibile|basetributavel|(razem|suma|kwota|wartosc)netto"),
    ("net", 2, r"ht|hors(taxes?|tva)"),
    ("net", 1, r"amount|warenwert|montant|base|(gesamt)?(betrag|beitrag|summe)|gesamt|total|totale|totaal|importe|importo|bedrag|valor"),
    ("tax", 3, rf"(total|zzgl|zuzgl|zuzuglich|plus|davon|enthaltene|montant|importe|importo|valor|cuota|totale|inkl)?(dela|de|d)?({_VAT})(amount|total|betrag|bedrag|summe|gesamt|due)?(in|at|of|von)?|(kwota|podatek)vat"),
    ("tax", 3, r"[a-z]{0,40}steuer(betrag)?(in)?(zur[a-z]{1,40}|auf[a-z]{1,40})?"),
    ("currency", 3, r"(rechnungs|beleg|invoice|document)?(wahrung|waehrung|currency)s?(code)?|devise|moneda|divisa|valuta|moeda|betragein"),
    ("seller", 2, r"from|(seller|issuer|vendor|supplier)(name)?|issuedby|verkaufer|lieferant|vendeur|fournisseur|emetteur|emisor|proveedor|emittente|fornitore|leverancier|verkoper|vendedor|emitente|fornecedor|sprzedawca|wystawca|saljare|saelger|selger"),
    ("buyer", 2, r"to|billto|billedto|(billing|invoice|billto)address|rechnung(an|sadresse|sanschrift)|facturea|adressedefacturation|facturara|fatturarea|factuuradres|factuuraan|(buyer|customer|client)(name)?|soldto|invoiceto|kaufer|kunde|rechnungsempfanger|acheteur|cliente|comprador|destinatario|klant|koper|nabywca|kopare|kober|kjoper"),
    ("customer_id", 3, rf"(kunden|customer|client|cust|account|klant|debitoren)({_NUMBER})|(numero|n|no)(de)?(client|cliente)|codicecliente|ihre(kunden)?nummer"),
    ("order_ref", 3, rf"(your|ihre)?(order|bestell|bestellungs|po|purchaseorder|auftrags|pedido|ordine|commande)({_NUMBER})|(numero|no|n)(de)?(commande|pedido)|purchaseorder|(your|ihre)(order|bestellung)"),
    ("line_net", 3, r"(goods|lines?|items?)(total|sum|value|amount)|(total|sum|summe|somme|totale|totaal)(of|der)?(the)?(goods|lines|items|positionen|artikel|articles)|(netto)?warenwert|positionssumme|zwischensumme(netto)?|sub(total|totaal|totale)"),
    ("charge", 3, r"carriage|(freight|postage|packing|(shipping|postage)(and)?(handling|packing)|shipping|delivery)(charges?|costs?|fees?)?|(versand|fracht|porto|liefer|transport|verpackungs)(kosten|pauschale)?|(frais)?deport|fraisdelivraison|gastosdeenvio|portes|spese(di)?(spedizione|trasporto)|verzendkosten|transportkosten"),
    ("allowance", 3, r"(less|abzuglich|abzgl)?(discount|rebate|rabatt|nachlass|remise|descuento|sconto|korting|desconto)(amount|betrag)?"),
    ("seller_tax_id", 3, rf"(ust|vat|btw|tva|umsatzsteuer|tax|gst)(id|ident|identifikations|reg|registration)({_NUMBER})?|(numero|no|n)(de)?tva(intracommunautaire)?|(vat|gst|btw|tva)(no|nr|number|nummer)|partitaiva|piva|nif|cif|nipc|gstin|abn|nip"),
    ("payment_account", 3, r"iban(nr)?"),
)  # fmt: skip
"""Field, how surely (3: it says so), and what stands for it; all of a text must fit."""

HEADS: tuple[tuple[str, str], ...] = (
    ("id", r"pos|position|item(no|n)|line(no)?|nr|no|num"),
    ("name", r"[a-z]{0,20}(beschreibung|bezeichnung)|produkt|product|description|desc|details|item|items|service|services|designation|libelle|descripcion|concepto|descrizione|omschrijving|descricao|leistung|article|artikel"),
    ("quantity", r"menge|anzahl|qty|quantity|hours|units|quantite|qte|cantidad|cant|quantita|qta|aantal|quantidade|qtd"),
    ("unit", r"einheit|me|unit|uom|unite|unidad|unita|eenheid|unidade"),
    ("unit_price", r"(einzel|netto|stuck)?preis|unitprice|unitcost|price|rate|prix(unitaire)?(ht)?|pu(ht)?|precio(unitario)?|prezzo(unitario)?|(stuk|eenheids)?prijs|preco(unitario)?"),
    ("allowance", r"rabatt|nachlass|disc|discount|remise|descuento|sconto|korting|desconto"),
    ("tax_rate", r"(ust|mwst|vat|steuer|tax|tva|iva|btw)(satz|rate|percent)?"),
    ("net", r"(gesamt|positions)(preis|betrag|summe)|gesamt|summe|(netto)?betrag(netto)?|netto(wert|preis|summe)?|entgelt|total(ht|price|net)?|linetotal|(line)?amount|montant(ht)?|importe|importo|bedrag|totaal|totale|valor"),
)  # fmt: skip
"""What the columns of lines are called."""

_WORDS = tuple((field, strength, re.compile(regex)) for field, strength, regex in WORDS)
_HEADS = tuple((field, re.compile(regex)) for field, regex in HEADS)
_RATE = re.compile(r"\d{1,3}(?:[.,]\d{1,4})?\s*%")
_UNIT = re.compile(r"[(\[]\s*(?:in\s+)?(?:(?P<code>[A-Z]{3})|[€£$¥₹₺₽]|zł|Kč|kr\.?)\s*[)\]]")
"""The currency that a label gives its amount."""
_SIGNS = re.compile(r"[#№]|\bn\s?[°º]|\bnº", re.IGNORECASE)
_OTHER = re.compile(
    r"bestell|order|auftrag|kunden|liefer|vertrag|customer|client|purchase|pedido|commande|ordine|delivery|cliente|contract|account"
)
"""What makes a number that of something else."""
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "æ": "ae"})
"""What is no letter with an accent, and is written as one at times."""
LONGEST = 80
"""A longer text is no label."""


_DESCRIBES = re.compile(r"bezeichnung|beschreibung|desc|designation|libelle|omschrijving")


def describes(head: str) -> bool:
    """Whether a head says that its column describes what was sold, and does not number it."""
    return _DESCRIBES.search(squashed(head)) is not None


@lru_cache(4096)
def squashed(text: str) -> str:
    """Letters and digits alone, without case, accents, rates and currencies, as prints part words at will."""
    bare = _SIGNS.sub(" no", _RATE.sub("", _UNIT.sub(_without_currency, text)))
    marked = unicodedata.normalize("NFKD", bare.casefold().translate(_LETTERS))
    return "".join(letter for letter in marked if letter.isalnum())


def _without_currency(found: re.Match[str]) -> str:
    return found[0] if found["code"] and found["code"] not in MINOR_UNITS else ""


@lru_cache(4096)
def fields_of(label: str) -> tuple[tuple[str, int], ...]:
    """The fields that a label may stand for, and how surely it does."""
    if len(label) > LONGEST:
        return ()
    plain = squashed(label)
    found: dict[str, int] = {}
    for field, strength, regex in _WORDS:
        other = field == "number" and _OTHER.search(plain)
        if plain and not other and strength > found.get(field, 0) and regex.fullmatch(plain):
            found[field] = strength
    return tuple(found.items())


def head_of(text: str) -> Iterator[str]:
    """The fields of a line that the head of a column may stand for."""
    plain = squashed(text)
    for field, regex in _HEADS:
        if len(plain) <= LONGEST and regex.fullmatch(plain):
            yield field
