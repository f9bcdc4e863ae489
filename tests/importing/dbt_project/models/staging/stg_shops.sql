select shop_id, city, kind from {{ ref('shops') }}
{% if env_var('BAKERY_TROUBLE', 'none') == 'relationship' %}
where shop_id <> 4
{% endif %}
