from odoo.addons.kundenportal_addon.tests import test_german


class TestGermanMailings(test_german.TestGerman):
    addon = "kundenportal_mass_mailing"
    least_terms = 5
