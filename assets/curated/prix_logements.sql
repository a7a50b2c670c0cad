/* ---
title: Prix des logements par commune
description: >-
  Ventes d’une seule maison ou d’un seul appartement, et leur prix médian, par commune et par année.
theme: aménagement
owner: Direction de l’habitat
grain: une ligne par commune, année et type de logement
profiles: [angers]
avertissements:
  - >-
    Au-dessous de onze ventes rien n’est dit : un prix connu de peu de vendeurs est celui de l’un
    d’eux. D’autres cellules sont masquées avec elles, sans quoi une soustraction les rendrait.
  - >-
    Seules les ventes d’un logement unique, dépendances comprises, ont un prix qui est le sien ; celles
    de plusieurs logements, sur plan ou à un euro n’y sont pas.
columns:
  - name: code_commune
    lowered: &ensemble {by: aggregation, reason: compte des ventes d’une commune sur une année}
    title: Commune
    description: Code officiel géographique de la commune.
    example: "{seat}"
    constraints: {required: true, in: sources.communes.code_commune}
  - name: commune
    lowered: *ensemble
    title: Nom
    description: Nom de la commune.
    example: "{name}"
    constraints: {required: true}
  - name: annee
    lowered: *ensemble
    title: Année
    type: year
    description: Année de l’acte.
    example: "2025"
    constraints: {required: true}
  - name: type_logement
    lowered: *ensemble
    title: Type de logement
    description: Maison ou appartement.
    example: Maison
    constraints: {required: true, enum: [Maison, Appartement]}
  - name: masque
    title: Masqué
    type: boolean
    description: Vrai quand les chiffres sont masqués, pour eux-mêmes ou pour en protéger d’autres.
    example: "false"
    constraints: {required: true}
  - name: ventes
    lowered: *ensemble
    title: Ventes
    type: integer
    unit: ventes
    description: Ventes d’un logement seul.
    example: "412"
    constraints: {minimum: 11}
  - name: prix_median_eur
    lowered: *ensemble
    title: Prix médian
    type: number
    unit: euros
    description: Prix médian d’une vente, hors frais de notaire.
    example: "236000"
    constraints: {minimum: 0}
  - name: prix_m2_median_eur
    lowered: *ensemble
    title: Prix médian au mètre carré
    type: number
    unit: euros par m²
    description: Prix rapporté à la surface bâtie, médian.
    example: "2950"
    constraints: {minimum: 0}
key: [code_commune, annee, type_logement]
disclosure:
  unit: taxpayers
  dimensions: [code_commune, annee, type_logement]
  public: [commune]
  margins: [[code_commune, annee], [annee, type_logement]]
  cells:
    - {count: ventes, marker: masque}
access: open
retention: {keep: 10 years, reason: "suivre le marché du logement d’un programme local de l’habitat à l’autre"}
budget: {stored_mb: 1, cpu_s: 3}
--- */
with locaux as (
    -- A dwelling stands on one line per nature of its grounds.
    select distinct
        id_mutation,
        numero_disposition,
        code_commune,
        year(date_vente) as annee,
        prix_eur,
        id_parcelle,
        lot1_numero,
        code_type_local,
        surface_bati_m2
    from sources.ventes_immobilieres
    where nature_vente = 'Vente' and code_type_local in ('1', '2', '4') and prix_eur > 1
),
ventes as (
    select
        any_value(code_commune) as code_commune,
        any_value(annee) as annee,
        case any_value(code_type_local) when '1' then 'Maison' else 'Appartement' end as type_logement,
        any_value(prix_eur) as prix_eur,
        any_value(surface_bati_m2) as surface_bati_m2
    from locaux
    group by id_mutation
    having count(*) = 1 and any_value(code_type_local) <> '4'
)
select
    code_commune,
    communes.nom as commune,
    annee,
    type_logement,
    count(*) as ventes,
    median(prix_eur) as prix_median_eur,
    round(median(prix_eur / nullif(surface_bati_m2, 0)), 0) as prix_m2_median_eur
from ventes
join sources.communes as communes using (code_commune)
group by code_commune, communes.nom, annee, type_logement
order by code_commune, annee, type_logement
