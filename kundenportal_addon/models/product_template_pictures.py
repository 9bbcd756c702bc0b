from odoo import models
from odoo.fields import Domain

#: Sizes in which pictures are handed out, in pixels.
PICTURE_SIZES = ("256", "512")


class ProductTemplate(models.Model):
    """The pictures of the shop, handed out at addresses that browsers can keep for ever.

    Customers do not read products, so Odoo's own addresses show them no picture. All methods are
    called as superuser, on products that the customer may see.
    """

    _inherit = "product.template"

    # === BUSINESS METHODS === #

    def _get_shop_pictures(self, size):
        """Return where the pictures of products and of their variants are.

        A product without one has that of its first variant that has; of variants only their own
        are in it.

        :param str size: one of `PICTURE_SIZES`
        :return: addresses by record, of both models; another picture has another one
        :rtype: dict
        """
        found = self._find_pictures(size)
        pictures = {}
        for template in self:
            own = [one for one in template.product_variant_ids if one in found]
            for variant in own:
                pictures[variant] = template._get_picture_url(size, found[variant], variant)
            if template in found:
                pictures[template] = template._get_picture_url(size, found[template])
            elif own:
                pictures[template] = pictures[own[0]]
        return pictures

    def _find_pictures(self, size, variants=None):
        """Return the versions of the pictures of products and of their variants.

        For all at once, and without reading them.

        :param str size: one of `PICTURE_SIZES`
        :param variants: those that count, where they are known; otherwise all of the products
        :return: by record, of both models; those without a picture of their own are left out
        :rtype: dict
        """
        variants = self.product_variant_ids if variants is None else variants
        domain = Domain.OR(
            Domain("res_model", "=", records._name)
            & Domain("res_field", "=", field_name)
            & Domain("res_id", "in", records.ids)
            for records, field_name in (
                (self, f"image_{size}"),
                (variants, f"image_variant_{size}"),
            )
        )
        attachments_sudo = self.env["ir.attachment"].sudo()  # as the products themselves
        groups = attachments_sudo._read_group(domain, ["res_model", "res_id", "checksum"])
        return {
            (self if model == self._name else variants).browse(res_id): (checksum or "")[:8]
            for model, res_id, checksum in groups
        }

    def _get_picture_url(self, size, version, variant=None):
        """Return the address at which a picture is handed out; it can be kept for ever."""
        query = f"size={size}&v={version}" + (f"&variant={variant.id}" if variant else "")
        return f"/my/shop/{self.id}/image?{query}"

    def _find_picture(self, variant_id, size):
        """Return the record and the field of a picture that the page asks for.

        :param str variant_id: as the browser sent it
        :param str size: as the browser sent it
        :rtype: tuple
        """
        self.ensure_one()
        size = size if size in PICTURE_SIZES else PICTURE_SIZES[0]
        variant = self.product_variant_ids.filtered(lambda one: str(one.id) == variant_id)
        return variant or self, f"image_{size}"
