from . import test_german, test_mailing, test_uninstall
