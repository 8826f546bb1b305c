package needle.estimate;

/**
 * Natural effects: through the mediator, with the treatment as it would be for the untreated or the
 * treated, and past it, with the mediator as it would be without or with treatment.
 */
record MediatedEffects(
    Uncertain indirectUntreated,
    Uncertain indirectTreated,
    Uncertain directUntreated,
    Uncertain directTreated) {

  /**
   * The mediation formula with linear means and an interaction (VanderWeele 2015, chapter 2): δ(d)
   * = α₁(β₂ + β₃d), ζ(d) = β₁ + β₃E[M(d)].
   *
   * @param all the mediator's regression, the outcome's from {@code late}, the covariates' means
   *     from {@code means}
   */
  static MediatedEffects of(
      Uncertain[] all, int covariates, int late, int means, boolean interacts) {
    Uncertain ofTreatment = all[covariates + 1];
    Uncertain direct = all[late + covariates + 1];
    Uncertain ofMediator = all[late + covariates + 2];
    Uncertain interaction = interacts ? all[late + covariates + 3] : direct.times(0);
    // Less its mean, as in the regression.
    Uncertain untreated = all[0];
    for (int i = 0; i < covariates; i++) {
      untreated = untreated.plus(all[i + 1].times(all[means + i]));
    }
    Uncertain treated = untreated.plus(ofTreatment);
    return new MediatedEffects(
        ofTreatment.times(ofMediator),
        ofTreatment.times(ofMediator.plus(interaction)),
        direct.plus(interaction.times(untreated)),
        direct.plus(interaction.times(treated)));
  }

  /** The mean of both. */
  Uncertain indirect() {
    return indirectUntreated.plus(indirectTreated).times(0.5);
  }

  Uncertain direct() {
    return directUntreated.plus(directTreated).times(0.5);
  }

  Uncertain total() {
    return directUntreated.plus(indirectTreated);
  }
}
