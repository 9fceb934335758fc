"""The fields of an invoice by the names of EN 16931 as billdrop writes them, each with its type."""

from typing import Literal

ValueType = Literal["text", "date", "money", "number", "integer", "percent", "currency", "words"]

INVOICE_FIELDS: dict[str, ValueType] = {
    "number": "text",
    "issue_date": "date",
    "due_date": "date",
    "currency": "currency",
    "net": "money",
    "tax": "money",
    "total": "money",
    "payable": "money",
    "line_net": "money",
    "allowance": "money",
    "charge": "money",
    "prepaid": "money",
    "rounding": "money",
    "withheld": "money",
    "type_code": "text",
    "seller": "text",
    "seller_id": "text",
    "seller_tax_id": "text",
    "seller_country": "text",
    "buyer": "text",
    "buyer_id": "text",
    "buyer_tax_id": "text",
    "buyer_country": "text",
    "buyer_ref": "text",
    "order_ref": "text",
    "payment_account": "text",
    "customer_id": "text",
    "in_words": "words",
    "tax_currency": "currency",
}
"""What `[fields]` may name, each with the one type it has."""

ACCOUNT, OTHER_ACCOUNTS = "payment_account", "other_accounts"
"""The first account that is stated, and where readers keep the others."""

LINE_FIELDS: dict[str, ValueType] = {
    "id": "text",
    "name": "text",
    "description": "text",
    "item_id": "text",
    "quantity": "number",
    "unit": "text",
    "unit_price": "number",
    "net": "money",
    "tax": "money",
    "tax_rate": "percent",
    "tax_category": "text",
    "price_base": "number",
    "allowance": "money",
    "charge": "money",
}
"""What a row of `[lines]` may name, each with the one type it has (a row may narrow text to int)."""

TAX_FIELDS: dict[str, ValueType] = {
    "amount": "money",
    "base": "money",
    "category": "text",
    "rate": "percent",
}
"""What `[taxes.fields]` may name, each with its type."""

ADJUSTMENT_FIELDS: dict[str, ValueType] = {
    "amount": "money",
    "reason": "text",
    "tax_category": "text",
    "tax_rate": "percent",
}
"""What `[allowances.fields]` and `[charges.fields]` may name, each with its type."""

IDENTITY = ("number", "seller", "seller_id", "seller_tax_id", "customer_id", "type_code", "year")
"""What `identity` may name, beside extra fields; `year` is that of the issue date."""

GROUPS: dict[str, dict[str, ValueType]] = {
    "lines": LINE_FIELDS,
    "taxes": TAX_FIELDS,
    "allowances": ADJUSTMENT_FIELDS,
    "charges": ADJUSTMENT_FIELDS,
}
"""The tables of a guideline for what an invoice has several of, and what each may name."""
