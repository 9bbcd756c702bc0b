"""A printer of each customer, with supplies that fit."""

from odoo.fields import Command


class PrinterFixture:
    """Mixin: two printer models that share a supply, printers of both customers."""

    @classmethod
    def _extend_portal_fixture(cls):
        result = super()._extend_portal_fixture()
        cls.company.portal_default_function_ids = [
            Command.link(cls.functions[code].id) for code in ("printers", "activities")
        ]
        cls.company.portal_printers_own_location = False
        cls.laser, cls.copier = cls.env["product.template"].create(
            [
                {"name": "Laser L1", "default_code": "L1", "is_printer": True, "sale_ok": False},
                {"name": "Kopierer K2", "default_code": "K2", "is_printer": True},
            ]
        )
        cls.black, cls.cyan, cls.waste = cls.env["product.product"].create(
            [
                {
                    "name": "Toner Schwarz",
                    "default_code": "T-K",
                    "supply_kind": "toner",
                    "supply_color": "black",
                    "list_price": 4711.5,
                    "printer_ids": [Command.set((cls.laser | cls.copier).ids)],
                },
                {
                    "name": "Toner Cyan",
                    "default_code": "T-C",
                    "supply_kind": "toner",
                    "supply_color": "cyan",
                    "list_price": 4712.5,
                    "printer_ids": [Command.set(cls.copier.ids)],
                },
                {
                    "name": "Resttonerbehälter",
                    "supply_kind": "waste",
                    "list_price": 4713.5,
                    "printer_ids": [Command.set(cls.copier.ids)],
                },
            ]
        )
        cls.site = cls.env["res.partner"].create(
            {"name": "Lager", "type": "delivery", "parent_id": cls.nord.id, "city": "Achim"}
        )
        cls.printer = cls._create_printer("Empfang", cls.nord, cls.copier, serial_no="KP-100")
        cls.printer2 = cls._create_printer(
            "Packplatz", cls.nord, cls.laser, serial_no="KP-200", site_id=cls.site.id
        )
        cls.foreign_printer = cls._create_printer("Setzerei", cls.sued, cls.copier)
        return result

    @classmethod
    def _create_printer(cls, name, customer, model=None, **values):
        return cls.env["maintenance.equipment"].create(
            {
                "name": name,
                "customer_id": customer.id,
                "printer_model_id": model and model.id,
                **values,
            }
        )

    @classmethod
    def _order_supply(cls, partner, product, device, quantity=1, **values):
        """Order a supply for a device, and confirm it."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "portal_equipment_id": device.id,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        order.write(values)
        return order
