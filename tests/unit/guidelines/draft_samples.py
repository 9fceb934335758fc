"""Layouts of our own making, in the languages that drafts know, each with what is in it."""

ENGLISH = """
                                   ACME INDUSTRIAL SUPPLIES LTD
                                   www.acme-industrial.co.uk

  Invoice                                              Invoice Number:   INV-2026-0042
                                                       Invoice Date:     22 November 2026
  Bill to:                                             Due Date:         22 December 2026
  Initech plc                                          Account No:       C-118
  1 Office Park

  Description                         Qty     Unit Price       Amount
  Pipe 2 m                              4         250.00     1,000.00
  Valve                                 1         234.50       234.50

                                          Subtotal           £1,234.50
                                          VAT 20%              £246.90
                                          Total Due          £1,481.40

  VAT Reg No: GB 123 4567 89           Page 1 of 1
"""
AMERICAN = """
Northwind Traders, Inc.                                        INVOICE

Invoice #      10-2231
Date           11/22/2026
P.O. Number    77120

Item                               Hours        Rate         Amount
Consulting                          10.00     $ 95.00      $ 950.00
Travel                               1.00     $ 50.00       $ 50.00

                                              Subtotal    $ 1,000.00
                                              Sales Tax      $ 82.50
                                              TOTAL       $ 1,082.50
"""
GERMAN = """
Schrauben Müller GmbH
Hauptstraße 1
10115 Berlin

                                             Rechnungsnummer:  R-4711
                                             Rechnungsdatum:   05.03.2026
                                             Kundennummer:     K-9

Pos  Bezeichnung              Menge    Einzelpreis      Gesamtpreis
1    Schrauben M8             1.000       0,50 €           500,00 €
2    Muttern M8                 500       1,20 €           600,00 €

Zwischensumme                                            1.100,00 €
zzgl. 19 % MwSt.                                           209,00 €
Rechnungsbetrag                                          1.309,00 €

USt-IdNr.: DE811907980
"""
FRENCH = """
Boulangerie du Port SARL

FACTURE N° F-2026-118
Date de facture : 3 février 2026
Échéance : 5 mars 2026

Désignation                Quantité     Prix unitaire     Montant HT
Farine                           10             12,00         120,00
Levure                            4              7,50          30,00

Total HT                                                    150,00 €
TVA 20 %                                                     30,00 €
Total TTC                                                   180,00 €
"""
SPANISH = """
Ferretería La Llave, S.L.

Número de factura: A/2026/31
Fecha de factura: 14 de enero de 2026

Descripción                  Cantidad      Precio       Importe
Tornillos                         100        0,25         25,00
Taladro                             1      125,00        125,00

Base imponible                                         150,00 €
IVA 21%                                                 31,50 €
Total factura                                          181,50 €
"""
ITALIAN = """
Officina Rossi S.r.l.

Fattura n. 118/2026
Data fattura: 09/01/2026
Scadenza: 28/02/2026

Totale imponibile      1.000,00 €
IVA 22%                  220,00 €
Totale fattura         1.220,00 €
"""
DUTCH = """
Fietsen De Vries B.V.

Factuurnummer: 2026.0091
Factuurdatum: 16 maart 2026
Klantnummer: 5512

Subtotaal              € 400,00
BTW 21%                 € 84,00
Totaal                 € 484,00
"""
PORTUGUESE = """
Azulejos do Tejo, Lda.

Fatura n.º FT 2026/77
Data de emissão: 30/06/2026

Subtotal                 200,00 €
IVA 23%                   46,00 €
Total a pagar            246,00 €
"""
COLUMNS = """
Nordlicht Energie

Invoice No        Date           Customer No      Due Date
N-77              2026-11-02     8812             2026-12-02

Power November                                      80.00
Grid                                                20.00

Net total            VAT 25 %          Grand total
100.00               25.00             125.00 EUR
"""
PLAIN = """Invoice no: B-1
Invoice date: 2026-11-22
Seller: Bolt & Nut Ltd
Net: 100.00
VAT: 19.00
Total: 119.00
Currency: EUR

Items
1. Bolts, 60.00
2. Nuts and washers, 40.00
"""
TABLE = """invoice_number;invoice_date;customer_number;description;quantity;unit_price;line_amount;invoice_total;currency
T-1;05.11.2026;7;Bolts;3;10,00;30,00;50,00;EUR
T-1;05.11.2026;7;Nuts;4;5,00;20,00;50,00;EUR
T-2;25.11.2026;8;Screws;2;1.000,50;2.001,00;2.001,00;EUR
"""

SAMPLES: dict[str, tuple[str, dict[str, str | int]]] = {
    "english": (ENGLISH, {"number": "INV-2026-0042", "date": "2026-11-22", "total": "1481.40", "currency": "GBP", "lines": 2}),
    "american": (AMERICAN, {"number": "10-2231", "date": "2026-11-22", "total": "1082.50", "currency": "USD", "lines": 2}),
    "german": (GERMAN, {"number": "R-4711", "date": "2026-03-05", "total": "1309.00", "currency": "EUR", "lines": 2}),
    "french": (FRENCH, {"number": "F-2026-118", "date": "2026-02-03", "total": "180.00", "currency": "EUR", "lines": 2}),
    "spanish": (SPANISH, {"number": "A/2026/31", "date": "2026-01-14", "total": "181.50", "currency": "EUR", "lines": 2}),
    "italian": (ITALIAN, {"number": "118/2026", "date": "2026-01-09", "total": "1220.00", "currency": "EUR"}),
    "dutch": (DUTCH, {"number": "2026.0091", "date": "2026-03-16", "total": "484.00", "currency": "EUR"}),
    "portuguese": (PORTUGUESE, {"number": "FT 2026/77", "date": "2026-06-30", "total": "246.00", "currency": "EUR"}),
    "columns": (COLUMNS, {"number": "N-77", "date": "2026-11-02", "total": "125.00", "currency": "EUR"}),
    "plain": (PLAIN, {"number": "B-1", "date": "2026-11-22", "total": "119.00", "currency": "EUR", "lines": 2}),
    "table": (TABLE, {"number": "T-1", "date": "2026-11-05", "total": "50.00", "currency": "EUR", "lines": 2}),
}  # fmt: skip
