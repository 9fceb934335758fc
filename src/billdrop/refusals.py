"""The codes of findings in an invoice: in its text, its sums, and by the policy of its guideline."""

from billdrop.failures import Code

REFUSALS: dict[str, Code] = {
    "BD2001": Code(
        "No guideline matches",
        "No guideline recognises the document.",
        "Write a guideline, or correct the `match` of the one that should have.",
    ),
    "BD2002": Code(
        "Several guidelines match",
        "More than one guideline recognises the document; choosing one would be guessing.",
        "Make the `match` of the guidelines named exclude each other.",
    ),
    "BD2003": Code(
        "Required value missing",
        "A field that the guideline requires is not in the text.",
        "Correct the file, or the label in the guideline.",
    ),
    "BD2004": Code(
        "Not an amount",
        "The text of an amount is not written as the guideline declares: digits, decimal mark, grouping.",
        "Correct the file, or `locale.decimal` and `locale.group` in the guideline.",
    ),
    "BD2005": Code(
        "Not a real date",
        "The text of a date does not fit the declared patterns, or no calendar has that day.",
        "Correct the file, or `locale.dates` in the guideline.",
    ),
    "BD2006": Code(
        "Ambiguous",
        "The text can be read in more than one way, and the ways differ.",
        "Declare the pattern in the guideline more narrowly.",
    ),
    "BD2007": Code(
        "Value given twice",
        "A label with a single value occurs again with another value.",
        "Correct the file; for several invoices in a file, declare `records.start`.",
    ),
    "BD2008": Code(
        "Row does not fit",
        "A line of the items list does not fit the declared row.",
        "Correct the line, or in the guideline `lines.row`, `lines.end` (the line after the last row), or `ignore`.",
    ),
    "BD2009": Code(
        "Line not claimed",
        "No rule of the guideline takes this line of text.",
        "Add a field, or list it under `ignore` in the guideline.",
    ),
    "BD2010": Code(
        "Unknown currency",
        "The currency is no ISO 4217 code and no declared name, or is not stated at all.",
        "Declare it in `locale.currencies`, or set `locale.currency`.",
    ),
    "BD2011": Code(
        "Currencies differ",
        "Two amounts of one invoice are in different currencies.",
        "Correct the file: an invoice has one currency. Only the tax may be stated once more, in the currency of the tax accounts (BT-6).",
    ),
    "BD2012": Code(
        "Not a number",
        "A quantity, rate or whole number is not written as the guideline declares.",
        "Correct the file, or the field's type in the guideline.",
    ),
    "BD2013": Code(
        "Lines do not add up to net",
        "The sum of the lines is not the net amount.",
        "Correct the file. A shipping fee or a discount beside the lines is a `charge` or `allowance` of the "
        "invoice: declare where it stands. Or set `checks.tolerance` in the guideline.",
    ),
    "BD2014": Code(
        "Net plus tax is not total",
        "The total is not the sum of net and tax.",
        "Correct the file, or set `checks.tolerance` in the guideline.",
    ),
    "BD2015": Code(
        "Amount in words disagrees", "The amount in words is not the total.", "Correct the file."
    ),
    "BD2016": Code(
        "Amount in words not understood",
        "A word of the amount in words is no number word and no declared currency.",
        'Declare the currency name in `locale.currencies`, or set `checks.words = "off"`.',
    ),
    "BD2017": Code(
        "Lines do not add up to tax",
        "The sum of the lines' tax is not the tax of the invoice.",
        "Correct the file, or set `checks.tolerance` in the guideline.",
    ),
    "BD2018": Code(
        "Quantity times price is not the line's net",
        "Quantity times unit price, rounded, is not the net amount of the line.",
        "Correct the file, or set `checks.tolerance` in the guideline.",
    ),
    "BD2019": Code(
        "Due before issued", "The due date is before the issue date.", "Check both dates."
    ),
    "BD2020": Code(
        "Number twice in one document",
        "Two invoices in one document have the same number and different content.",
        "Correct the file.",
    ),
    "BD2021": Code(
        "Too many digits", "A number has more digits than the limit.", "Correct the file."
    ),
    "BD2022": Code(
        "Too many lines or invoices",
        "The document has more lines, or more invoices, than the limit.",
        "Split the file.",
    ),
    "BD2023": Code(
        "Held back",
        "Another invoice of the same document was refused, and the guideline says `atomic = true`.",
        "Correct the other invoice.",
    ),
    "BD2024": Code(
        "Column missing",
        "A declared column is not in the header, is there twice, or a row has another number of cells than the header.",
        "Correct the file, or the columns in the guideline.",
    ),
    "BD2025": Code(
        "Lines of one invoice disagree",
        "The rows of one invoice state different values for the same field of the invoice.",
        "Correct the file.",
    ),
    "BD2026": Code(
        "Broken quoting",
        "A quoted cell is not closed, or has text after its closing quote.",
        "Correct the quoting in the file.",
    ),
    "BD2027": Code(
        "Value too long",
        "A text value, or all those of an invoice together, are longer than the limit.",
        "Correct the file.",
    ),
    "BD2028": Code(
        "Amount does not fit",
        "An amount, quantity, price or rate has more digits before the decimal mark, or more decimals, than its SQL column holds. Zeros at the end of the decimals do not count.",
        "Correct the file.",
    ),
    "BD2040": Code(
        "Control total disagrees",
        "The document states how many invoices, lines or records it has, or what their amounts add up to, and that is not what was read.",
        "Something was lost or altered on the way, or the total is wrong: have the file made again.",
    ),
    "BD2041": Code(
        "Record out of place or missing",
        "A record stands where its kind cannot stand, or one that must be there is not.",
        "Correct the order of the records, or the kinds that the guideline declares.",
    ),
    "BD2042": Code(
        "Record of another length",
        "A record of fixed width is shorter or longer than declared, or ends within the digits of an amount.",
        "Write every record in full, or correct `input.length` in the guideline.",
    ),
    "BD2050": Code(
        "Net does not follow from the lines",
        "The sum of the lines, less allowances, plus charges, is not the net amount.",
        "Correct the file, or set `checks.tolerance` in the guideline.",
    ),
    "BD2051": Code(
        "Allowances or charges do not add up",
        "The allowances of the invoice, or its charges, are not what is stated of them together.",
        "Correct the file, or set `checks.tolerance` in the guideline.",
    ),
    "BD2052": Code(
        "Payable does not follow from the total",
        "The total, less what was paid before and withheld, rounded, is not the payable amount.",
        "Correct the file, or declare where `prepaid`, `rounding` and `withheld` stand.",
    ),
    "BD2053": Code(
        "Shares of the tax do not add up",
        "The amounts of tax by category and rate are not the tax of the invoice.",
        "Correct the file, or set `checks.tolerance` in the guideline.",
    ),
    "BD2054": Code(
        "Tax is not the rate of its base",
        "An amount of tax differs from rate times base by more than rounding explains.",
        "Correct the file, or set `checks.tolerance` in the guideline.",
    ),
    "BD2055": Code(
        "What is taxed is not net",
        "The bases of the taxes do not add up to net, or one is not the sum of the lines of its rate.",
        "Correct the file; `checks.bases` where one amount bears several taxes.",
    ),
    "BD2056": Code(
        "Tax of a line is not the rate of its net",
        "The tax of a line differs from rate times net by more than rounding explains.",
        "Correct the file, or set `checks.line_tax` where lines are taxed otherwise.",
    ),
    "BD2057": Code(
        "Credit note below zero",
        "The total of a credit note is negative, so that it would add to the expenses.",
        'Look at it; set `credit_notes = "negative"` where a minus is how credit notes are printed.',
    ),
    "BD2070": Code(
        "Not an invoice",
        "The document says of itself that it is something else: a transfer of goods, a receipt of a payment, a test; or its type is none that the standard knows.",
        "Send the invoice itself, or say in `map` of a guideline that extends this one what the type stands for.",
    ),
    "BD2071": Code(
        "Test message",
        "The interchange says of itself that it is a test, or for information only. Nothing of it is recorded.",
        "Send it in production; `billdrop check` says what else would be found in it.",
    ),
    "BD2072": Code(
        "Not an original",
        "The message says of itself that it cancels, repeats, copies or announces an invoice.",
        "What is taken back is said by a credit note; `input.purposes` of the guideline names the purposes that make an invoice.",
    ),
    "BD2073": Code(
        "Not told for certain",
        "A value that says what others mean is none that the standard knows: the sign of an allowance or a charge, the format of a date, the mark of a test.",
        "Correct the file; the message names what is known.",
    ),
    "BD2060": Code(
        "Envelope broken",
        "A header or trailer of an EDI interchange, group or message is missing, or stands where it cannot: ISA, GS, ST, SE, GE, IEA; UNB, UNG, UNH, UNT, UNE, UNZ.",
        "Something was lost on the way: have the interchange sent again whole.",
    ),
    "BD2061": Code(
        "Control references differ",
        "The trailer of an EDI message has another reference than its header: they may be parts of two messages. Of a group or an interchange it is a warning.",
        "Have the interchange sent again whole.",
    ),
    "BD2062": Code(
        "Segment not expected",
        "A segment is unknown to the message, or stands where it cannot stand.",
        "Correct the file; `unclaimed` in the guideline says what such a segment is.",
    ),
    "BD2063": Code(
        "Separators not usable",
        "The ISA or UNA segment does not show the separators of the interchange, or two of them are the same.",
        "Send the interchange whole, as the standard has it.",
    ),
    "BD2064": Code(
        "Another message",
        "The interchange holds a message that is no invoice, such as an order.",
        "Send invoices in a file of their own.",
    ),
    "BD2099": Code(
        "Reader failed",
        "The reader stopped with an error of its own. This is a fault of billdrop, not of the document.",
        "Report it with the document's id; the original is kept and can be redriven.",
    ),
    "BD2501": Code(
        "Currency not agreed on",
        "The policy of the guideline does not name the currency of the invoice.",
        "Ask for another invoice, or add the currency to `policy.currencies.allowed`.",
    ),
    "BD2502": Code(
        "Tax rate not expected",
        "The policy of the guideline does not name a tax rate that the invoice states.",
        "Check it with the sender; `billdrop quarantine release` records what is held.",
    ),
    "BD2503": Code(
        "Issue date not plausible",
        "The issue date lies further ahead of the day on which the document came, or further back, than the policy allows.",
        "Check the date; `billdrop quarantine release` records what is held.",
    ),
    "BD2504": Code(
        "Total needs a person",
        "The total is larger than what the policy of the guideline lets pass by itself.",
        "Look at the invoice; `billdrop quarantine release` records it, with who decided and why.",
    ),
    "BD2505": Code(
        "Missing by policy",
        "The invoice does not state what the policy of the guideline requires.",
        "Ask for an invoice that states it.",
    ),
    "BD2506": Code(
        "Identifier of a wrong form",
        "A tax identifier or a bank account has not the form, or not the check digits, of its country.",
        "Ask who sent it: a digit is wrong, or the invoice is.",
    ),
    "BD2507": Code(
        "Seller not known",
        "The policy of the guideline names the known sellers, and this is none of them.",
        "If it is trusted, add it to `policy.sellers.known` and redrive, or release the one invoice.",
    ),
    "BD2508": Code(
        "Account not known of this seller",
        "The seller is known, and the account that is to be paid is none of its accounts in the policy.",
        "Ask the seller by a way that you know, not one that the invoice names; then add the account or release.",
    ),
    "BD2509": Code(
        "File not as agreed",
        "The name or the size of the file is not what the policy of the guideline says.",
        "Give it such a name, or split it.",
    ),
    "BD2510": Code(
        "Policy file cannot be used",
        "policy.toml, which holds for whatever is read, is wrong: until it is right, nothing is read, since nobody knows what it forbids.",
        "Correct it (`billdrop guideline lint policy.toml`); what waits for it is read again by itself.",
    ),
    "BD2511": Code(
        "Waited for another reason before",
        "The document waits still, and a guideline or policy that is new refuses it for another reason: this is the one it had.",
        "Look at the reason it has now.",
    ),
    "BD2512": Code(
        "Two known sellers in one invoice",
        "By its name and its identifiers an invoice names two of the sellers that the policy knows, as one does that has the name of one and asks for money for the other.",
        'Ask who sent it, by a way that you know. If both are one seller, name both identifiers in one entry: `id = ["…", "…"]`.',
    ),
}
"""Part of `codes.CODES`."""
