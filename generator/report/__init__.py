"""The report: from records to figures, tables, pages and a site. It knows no machine learning."""
