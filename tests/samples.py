"""Invoices for tests, written as a customer would."""

from decimal import Decimal


def docproc(
    number: str,
    *,
    day: int = 1,
    month: str = "Mar",
    year: int = 2018,
    amounts: tuple[tuple[str, str], ...] = (("2000", "200"), ("850", "")),
    total: str | None = None,
    customer_id: str = "sm-LK0080145",
    seller: str = "Space Mechanics Inc.",
) -> str:
    """An invoice in the docproc layout; `total` overrides the right one."""
    net = sum((Decimal(one) for one, _ in amounts), Decimal(0))
    tax = sum((Decimal(two) for _, two in amounts if two), Decimal(0))
    rows = [
        f"{index}) Item {index}, {one}" + (f", {two}" if two else "")
        for index, (one, two) in enumerate(amounts, 1)
    ]
    return "\n".join(
        [
            "*" * 40,
            "                Invoice",
            "*" * 40,
            f"Customer-ID: {customer_id}",
            f"Inv-ID: {number}",
            f"Dated: {month} {day} {year}",
            f"From: {seller}",
            "To: Starfleet Interplanatory HQ",
            f"Amount: {net}",
            f"SGST: {tax}",
            f"Total: {total if total is not None else net + tax}",
            "",
            "Items",
            *rows,
            "",
        ]
    )
