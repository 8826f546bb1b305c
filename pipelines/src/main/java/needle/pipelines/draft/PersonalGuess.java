package needle.pipelines.draft;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a column's name or values say about people, and what should become of it. */
enum PersonalGuess {
  BIRTH("drop", "a birth date", "birth|(^|_)dob(_|$)|geburt"),
  ADDRESS_ON_THE_NET("drop", "an IP address", "(^|_)ip(_?addr(ess)?)?(_|$)"),
  SENSITIVE(
      "drop",
      "sex, origin, health, belief, pay or a reason of leave",
      "(^|_)(sex|gender|ethnic\\w*|race|religion|disab\\w*|health|medical|diagnosis|pregnan\\w*|marital\\w*|nationality|veteran\\w*|union)(_|$)|(^|_)(leave|austritts|kundigungs)_?(reason|grund)|(^|_)(salary|wage|compensation|gehalt|jahresgehalt|monatsgehalt|lohn)(_|$)"),
  IDENTITY_PAPER(
      "drop",
      "an official number",
      "(^|_)(ssn|social_security\\w*|national_id|passport\\w*|tax_id|iban|bank_account)(_|$)"),
  WHEREABOUTS(
      "drop",
      "where a person lives or is",
      "latitude|longitude|(^|_)(street|home_address|address|postal_address|phone|mobile|telephone)(_|$)"),
  PERSON_NAME(
      "drop",
      "a person's name",
      "(^|_)(first|last|full|given|family|middle|maiden|preferred|sur)_?name(_|$)|(^|_)(employee|worker|learner|student|manager|supervisor|instructor|teacher|respondent|person)_name(_|$)|(^|_)(vor|nach|familien)name(_|$)|(^|_)(nom|prenom|nombre|apellidos?)(_|$)|^name$"),
  FREE_TEXT(
      "drop",
      "free text, in which people may be named",
      "(^|_)(comments?|remarks?|free_text|notes?|subject|description|beschreibung|hergang|bemerkung(en)?|kommentare?|betreff)(_text)?$"),
  EMAIL("pseudonymise", "an e-mail address", "e_?mail"),
  LOGIN(
      "pseudonymise",
      "a login",
      "(^|_)(user_?name|login|user_principal_name|upn|account_name)(_|$)"),
  PERSON_ID(
      "pseudonymise",
      "the id of a person",
      "(^|_)(emp|employee|staff|worker|associate|person|learner|student|user|manager|supervisor|respondent|agent|owner|assignee|requester|submitter|creator)_?(id|number|no|nr|code|key|guid|uuid|id_external)?$|personnel_?(number|no|nr)|external_data_reference"
          // German, French and Spanish, as exports of localised systems have them.
          + "|(^|_)(mitarbeiter(in)?|personal|pers|werker(in)?|beschaftigte[rn]?|teilnehmer(in)?|benutzer|vorgesetzte[rn]?)_?(id|nr|nummer|kennung|code)?$"
          + "|matricule|(^|_)(salarie|employe|utilisateur|empleado|usuario|alumno)(_?(id|no|numero|code))?$");

  private final String fate;
  private final String what;
  private final Pattern name;

  PersonalGuess(String fate, String what, String name) {
    this.fate = fate;
    this.what = what;
    this.name = Pattern.compile(name);
  }

  /** What a column may tell of a person; empty for most. */
  static Optional<PersonalGuess> of(ColumnProfile column) {
    if (column.holdsEmails()) {
      return Optional.of(EMAIL);
    }
    if (column.holdsIpAddresses()) {
      return Optional.of(ADDRESS_ON_THE_NET);
    }
    return List.of(values()).stream().filter(g -> g.name.matcher(column.name()).find()).findFirst();
  }

  /** drop or pseudonymise. */
  String fate() {
    return fate;
  }

  boolean isDropped() {
    return fate.equals("drop");
  }

  /** What it looks like, in words. */
  String what() {
    return what;
  }
}
