"""One file per method, and nothing but the method. The file's name is the method's slug, its template and its URL."""
