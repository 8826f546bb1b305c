package needle.pipelines.simulate;

import java.time.LocalDate;
import java.util.Locale;
import needle.pipelines.simulate.Company.Stream;

/**
 * What sellers close: opportunities when created, closed and corrected, and their history.
 *
 * <p>Some deals belong to a queue, some are deleted later, and some amounts are first entered with
 * a nought too many.
 */
final class DealExtracts {
  static final double AMOUNT_SPREAD = 0.3;
  private static final double QUEUE_SHARE = 0.005;
  private static final double DELETED_SHARE = 0.005;
  private static final double CORRECTED_SHARE = 0.01;
  private static final int MOST_DEALS = 100_000;

  private final Site site;
  private final Company company;
  private final KpiProcess process;
  private final Deliveries out;

  private DealExtracts(Site site, KpiProcess process, Deliveries out) {
    this.site = site;
    this.company = site.company();
    this.process = process;
    this.out = out;
  }

  /** Delivers every deal of a site. */
  static void deliver(Site site, KpiProcess process, Deliveries out) {
    DealExtracts deals = new DealExtracts(site, process, out);
    for (Person person : site.people()) {
      Dice dice = site.company().dice(Stream.DEALS, person.number(), 0);
      int count = 0;
      for (Employment employment : person.employments()) {
        if (employment.function() != JobFunction.SALES) {
          continue;
        }
        int last = Math.min(employment.lastMonth(), site.company().months() - 1);
        for (int month = Math.max(0, employment.hireMonth()); month <= last; month++) {
          int closed = dice.round(deals.process.dealsClosed(employment, month));
          for (int i = 0; i < closed; i++) {
            deals.deliver(employment, month, count++, dice);
          }
        }
        if (!employment.hasEnded()) {
          deals.deliverOpen(employment, count++, dice);
        }
      }
    }
  }

  /** One version of an opportunity. */
  private record Version(
      String id, String owner, double amount, String stage, LocalDate closeOn, long createdAt) {}

  private void deliver(Employment seller, int month, int count, Dice dice) {
    LocalDate closedOn = company.firstDay(month).plusDays(dice.between(0, 27));
    long createdAt = workday(closedOn.minusDays(dice.between(20, 100)), dice);
    long closedAt = workday(closedOn, dice);
    boolean won = dice.chance(process.winProbability(seller, month));
    double amount = process.dealAmount(seller, month) * dice.lognormal(AMOUNT_SPREAD);
    String stage = won ? "Closed Won" : "Closed Lost";
    Version deal =
        new Version(
            id(seller, count, createdAt), owner(seller, dice), amount, stage, closedOn, createdAt);
    int createdIn = company.monthOf(Moments.day(createdAt));
    if (createdIn >= 0 && createdIn < month) {
      deliver(createdIn, open(deal), false, createdAt);
    }
    int correctedIn = month + dice.between(1, 2);
    boolean wrongAtFirst = dice.chance(CORRECTED_SHARE) && correctedIn < company.months();
    deliver(month, wrongAtFirst ? withAmount(deal, 10 * amount) : deal, false, closedAt);
    if (wrongAtFirst) {
      deliver(correctedIn, deal, false, workday(company.firstDay(correctedIn).plusDays(3), dice));
    }
    if (dice.chance(DELETED_SHARE)) {
      // Entered by mistake beside the real one, and deleted later.
      Version mistake =
          new Version(
              id(seller, MOST_DEALS - 1 - count, createdAt),
              deal.owner(),
              amount,
              stage,
              closedOn,
              createdAt);
      deliver(month, mistake, false, closedAt);
      int deletedIn = Math.min(month + 1, company.months() - 1);
      deliver(deletedIn, mistake, true, closedAt + 86_400L * 30);
    }
    history(deal, closedAt, dice);
  }

  private void deliverOpen(Employment seller, int count, Dice dice) {
    int month = company.months() - 1;
    long createdAt = workday(company.firstDay(month).plusDays(dice.between(0, 20)), dice);
    double amount = 25_000 * dice.lognormal(AMOUNT_SPREAD);
    LocalDate expected = company.lastDay(month).plusDays(dice.between(10, 80));
    Version deal =
        new Version(
            id(seller, count, createdAt),
            Ids.user(seller.person()),
            amount,
            "Proposal",
            expected,
            createdAt);
    deliver(month, deal, false, createdAt);
  }

  private static Version open(Version deal) {
    return new Version(
        deal.id(), deal.owner(), deal.amount(), "Prospecting", deal.closeOn(), deal.createdAt());
  }

  private static Version withAmount(Version deal, double amount) {
    return new Version(
        deal.id(), deal.owner(), amount, deal.stage(), deal.closeOn(), deal.createdAt());
  }

  private void deliver(int month, Version deal, boolean isDeleted, long savedAt) {
    boolean closed = deal.stage().startsWith("Closed");
    boolean won = deal.stage().equals("Closed Won");
    out.deliver(
        Extract.OPPORTUNITY,
        month,
        deal.id(),
        deal.owner(),
        "001" + deal.id().substring(3),
        money(deal.amount()),
        deal.stage(),
        won ? "100" : closed ? "0" : "30",
        Boolean.toString(closed),
        Boolean.toString(won),
        deal.closeOn().toString(),
        Moments.iso(deal.createdAt()),
        deal.amount() > 25_000 ? "Existing Business" : "New Business",
        "Web",
        closed ? "Closed" : "Pipeline",
        Boolean.toString(isDeleted),
        Moments.iso(savedAt),
        Moments.iso(savedAt));
  }

  private void history(Version deal, long closedAt, Dice dice) {
    long between = deal.createdAt() + (long) (dice.uniform() * (closedAt - deal.createdAt()));
    String[] stages = {"Prospecting", "Proposal", deal.stage()};
    long[] moments = {deal.createdAt(), between, closedAt};
    for (int i = 0; i < stages.length; i++) {
      out.deliver(
          Extract.OPPORTUNITY_HISTORY,
          company.monthOf(Moments.day(moments[i])),
          "008" + deal.id().substring(4, 15) + i + "AAM",
          deal.id(),
          stages[i],
          money(deal.amount()),
          deal.closeOn().toString(),
          i == 2 ? deal.stage().equals("Closed Won") ? "100" : "0" : "30",
          Moments.iso(moments[i]),
          "false");
    }
  }

  private static String id(Employment seller, int count, long createdAt) {
    long number = seller.person().number() * MOST_DEALS + count;
    return Ids.salesforce("006", Ids.inOrder(createdAt, number));
  }

  private String owner(Employment seller, Dice dice) {
    return dice.chance(QUEUE_SHARE)
        ? Ids.salesforce("00G", site.number() + 1L)
        : Ids.user(seller.person());
  }

  private long workday(LocalDate day, Dice dice) {
    return Moments.workday(day, site.place().zone(), dice);
  }

  private static String money(double amount) {
    return String.format(Locale.ROOT, "%.2f", amount);
  }
}
