# The web server; the same image runs the delivery worker (see compose.yaml).
FROM python:3.11-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
# Static files are collected while building, with a throw-away key: nothing of it stays in the image.
RUN ENVIRONMENT=production ALLOWED_HOSTS=localhost SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(64))") \
    python manage.py collectstatic --noinput \
 && useradd --create-home engage
USER engage
EXPOSE 8000
CMD ["gunicorn", "engagement.wsgi", "--bind", "0.0.0.0:8000", "--workers", "4", "--no-control-socket"]
