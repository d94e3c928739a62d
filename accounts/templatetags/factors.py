"""Second factors for pages, also those that cannot be read."""

from django import template

from accounts.factors import stored

register = template.Library()
register.filter("shown", stored.shown)
