/* ---
title: Électricité par habitant et par logement
description: >-
  Électricité livrée chaque année dans chaque commune, par secteur, rapportée aux habitants et, pour
  les ménages, aux résidences principales.
theme: décarbonation
owner: Direction de la transition écologique
grain: une ligne par commune et année
profiles: [demo]
synthetic: true
avertissements:
  - >-
    Les secteurs sous secret statistique ne sont pas comptés : quand « secteurs_secrets » n’est pas
    nul, le total est un minimum.
  - >-
    Toutes les années sont rapportées aux mêmes habitants et aux mêmes logements, les derniers
    connus : une évolution mesure l’électricité, pas la population.
columns:
  - name: code_commune
    title: Commune
    description: Code officiel géographique de la commune.
    example: "{seat}"
    constraints: {required: true, in: sources.communes.code_commune}
  - name: commune
    title: Nom
    description: Nom de la commune.
    example: "{name}"
    constraints: {required: true}
  - name: annee
    title: Année
    type: year
    description: Année civile de livraison.
    example: "2025"
    constraints: {required: true}
  - name: energie_mwh
    title: Électricité livrée
    type: number
    unit: MWh
    description: Tous secteurs, hors secret statistique.
    example: "812345.678"
    constraints: {minimum: 0}
  - name: residentiel_mwh
    title: Électricité des logements
    type: number
    unit: MWh
    description: Secteur résidentiel.
    example: "402851.661"
    constraints: {minimum: 0}
  - name: tertiaire_mwh
    title: Électricité du tertiaire
    type: number
    unit: MWh
    description: Bureaux, commerces, services publics.
    example: "301542.12"
    constraints: {minimum: 0}
  - name: industrie_mwh
    title: Électricité de l’industrie
    type: number
    unit: MWh
    description: Industrie.
    example: "95120.4"
    constraints: {minimum: 0}
  - name: autres_mwh
    title: Autre électricité
    type: number
    unit: MWh
    description: Agriculture et secteur inconnu.
    example: "5120.9"
    constraints: {minimum: 0}
  - name: nombre_sites
    title: Nombre de sites
    type: integer
    unit: sites
    description: Points de livraison, tous secteurs, y compris ceux sous secret.
    example: "104532"
    constraints: {required: true, minimum: 0}
  - name: secteurs_secrets
    title: Secteurs sous secret
    type: integer
    unit: secteurs
    description: Secteurs dont la consommation n’est pas publiée.
    example: "1"
    constraints: {required: true, minimum: 0}
  - name: energie_mwh_hab
    title: Électricité par habitant
    type: number
    unit: MWh par habitant
    description: Électricité livrée, rapportée à la population municipale.
    example: "5.2"
    severity: warning
    constraints: {minimum: 0, maximum: 100}
  - name: residentiel_mwh_logement
    title: Électricité par logement
    type: number
    unit: MWh par logement
    description: Électricité des logements, rapportée aux résidences principales.
    example: "4.9"
    severity: warning
    constraints: {minimum: 0.5, maximum: 30}
key: [code_commune, annee]
expectations:
  - expect_column_sum_to_equal_reference:
      column: energie_mwh
      reference: sources.electricite.energie_mwh
      tolerance: 0.001
      sentence: Le total de l’électricité est celui de la source
  - expect_column_sum_to_equal_reference:
      column: nombre_sites
      reference: sources.electricite.nombre_sites
      tolerance: 0
      sentence: Le total des sites est celui de la source
disclosure:
  unit: households
  already_public:
    by: gestionnaires de réseau
    reason: secteurs sous secret statistique masqués par eux, et hors des sommes faites ici
access: open
retention: {keep: 15 years, reason: "suivi du plan climat (PCAET) et de ses bilans"}
budget: {stored_mb: 1, cpu_s: 2}
--- */
with livraisons as (
    select
        code_commune,
        annee,
        -- The publisher writes one sector in several ways.
        upper(strip_accents(secteur)) as secteur,
        nombre_sites,
        energie_mwh
    from sources.electricite
)
select
    code_commune,
    communes.nom as commune,
    annee,
    -- Rounded to the decimals of the source: a sum of doubles leaves a trail of its own.
    round(sum(energie_mwh), 3) as energie_mwh,
    round(sum(energie_mwh) filter (where secteur = 'RESIDENTIEL'), 3) as residentiel_mwh,
    round(sum(energie_mwh) filter (where secteur = 'TERTIAIRE'), 3) as tertiaire_mwh,
    round(sum(energie_mwh) filter (where secteur = 'INDUSTRIE'), 3) as industrie_mwh,
    round(
        sum(energie_mwh) filter (
            where secteur not in ('RESIDENTIEL', 'TERTIAIRE', 'INDUSTRIE')
        ),
        3
    ) as autres_mwh,
    sum(nombre_sites) as nombre_sites,
    count(*) - count(energie_mwh) as secteurs_secrets,
    round(sum(energie_mwh) / nullif(any_value(communes.population), 0), 3) as energie_mwh_hab,
    round(
        sum(energie_mwh) filter (where secteur = 'RESIDENTIEL')
        / nullif(any_value(logements.residences_principales), 0),
        3
    ) as residentiel_mwh_logement
from livraisons
join sources.communes as communes using (code_commune)
left join curated.logements_par_commune as logements using (code_commune)
group by code_commune, communes.nom, annee
order by code_commune, annee
