package dev.sdlora.pipeline.fit;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraDetails.Training;
import dev.sdlora.api.LoraEffect;
import dev.sdlora.api.LoraException;
import dev.sdlora.api.LoraFit;
import dev.sdlora.api.LoraFit.Base;
import dev.sdlora.api.LoraFit.Distance;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.api.PredictionType;
import dev.sdlora.lora.effect.DistanceMeter.Touched;
import dev.sdlora.lora.library.Bases;
import dev.sdlora.pipeline.fit.BaseFiles.Found;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** What is found out about a LoRA and a checkpoint, and the sentences that say it. */
final class FitDraft {
  /** Below this share of its weights nothing is far. */
  private static final double NEAR = 0.001;

  /** From this share on a LoRA counts as being in a checkpoint. */
  private static final double MUCH_CONTAINED = 0.3;

  private final LoraAdapter lora;
  private final Checkpoint checkpoint;
  private final Bases.Sign trained;
  private final Bases.Sign comesFrom;
  private final List<String> advice = new ArrayList<>();
  private Training training =
      new Training(Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty());
  private Optional<PredictionType> prediction = Optional.empty();
  private Optional<LoraEffect> effect = Optional.empty();
  private Optional<Distance> distance = Optional.empty();

  FitDraft(LoraAdapter lora, Checkpoint checkpoint, Bases.Sign trained, Bases.Sign comesFrom) {
    this.lora = lora;
    this.checkpoint = checkpoint;
    this.trained = trained;
    this.comesFrom = comesFrom;
  }

  /** Notes how it was trained, with what follows from that. */
  void trained(Training facts, Optional<PredictionType> predicted) {
    training = facts;
    prediction = predicted;
    predicted
        .filter(type -> type != checkpoint.predictionType())
        .ifPresent(
            type ->
                advice.add(
                    "it was trained for %s, but the checkpoint predicts by %s: expect broken pictures"
                        .formatted(type.label(), checkpoint.predictionType().label())));
    if (facts.clipSkip().orElse(1) > 1 && checkpoint.family() == ModelFamily.SD1) {
      advice.add(
          "it was trained at clip skip %s: ask for that".formatted(facts.clipSkip().getAsInt()));
    }
    facts
        .resolution()
        .filter(
            size -> Math.max(size.width(), size.height()) < 0.75 * checkpoint.defaultSize().width())
        .ifPresent(
            size ->
                advice.add(
                    "it was trained at %s, which is smaller than the %s of the checkpoint: details may be coarse"
                        .formatted(size, checkpoint.defaultSize())));
  }

  void effect(LoraEffect measured) {
    effect = Optional.of(measured);
    if (!measured.unmatched().isEmpty()) {
      advice.add(
          "%s of its %s modules belong to no layer of the checkpoint, such as '%s'"
              .formatted(
                  measured.unmatched().size(), measured.modules(), measured.unmatched().get(0)));
    }
  }

  /** Notes how far the checkpoint is from a base that was found. */
  void distance(Found found, Touched touched) {
    Distance measured =
        new Distance(found.path(), found.by(), touched.blocks(), touched.contained());
    distance = Optional.of(measured);
    if (found.isDoubtful()) {
      advice.add(
          "'%s' %s: if it is another model of that name, its distance tells nothing"
              .formatted(found.path(), found.by()));
    }
    if (measured.contained() > MUCH_CONTAINED) {
      advice.add(
          "the checkpoint contains %s of it already: a lower weight will do"
              .formatted(percent(measured.contained())));
    }
  }

  /** Notes why a base that was found tells nothing. */
  void notCompared(Found found, String reason) {
    advice.add("'%s' %s, but cannot be compared: %s".formatted(found.path(), found.by(), reason));
  }

  /** The answer for a LoRA that cannot be applied. */
  LoraFit misfit(LoraException cause) {
    return fit("it does not fit: " + cause.getMessage());
  }

  LoraFit fit() {
    return fit(verdict());
  }

  private LoraFit fit(String verdict) {
    return new LoraFit(
        lora,
        checkpoint,
        effect,
        trained.base(),
        comesFrom.base(),
        List.of("LoRA: " + trained.sign(), "checkpoint: " + comesFrom.sign()),
        training,
        prediction,
        distance,
        verdict,
        advice);
  }

  private String verdict() {
    if (!effect.map(LoraEffect::changesAnything).orElse(false)) {
      return "it does nothing: every change is 0";
    }
    String made = "made " + (distance.isPresent() ? on(distance.get()) : madeFor());
    if (distance.isPresent()) {
      return made + ": " + expected(distance.get());
    }
    if (trained.base() == Base.UNKNOWN || comesFrom.base() == Base.UNKNOWN) {
      return made
          + (trained.base() == Base.UNKNOWN
              ? ", and nothing says on which model: it can be applied, how well it works has to be tried"
              : ", and nothing says what the checkpoint comes from: the base in one of the folders would tell how far it is away");
    }
    return trained.base() == comesFrom.base()
        ? made + ", and so is the checkpoint: expect most of its effect"
        : made
            + ", but the checkpoint comes from %s: expect less of its effect, or another"
                .formatted(comesFrom.base().label());
  }

  private String madeFor() {
    ModelFamily family = lora.family() == ModelFamily.UNKNOWN ? checkpoint.family() : lora.family();
    return "for " + (trained.base() == Base.UNKNOWN ? family.label() : trained.base().label());
  }

  private String on(Distance apart) {
    String base = trained.base() == Base.UNKNOWN ? "" : " (%s)".formatted(trained.base().label());
    return "on %s%s".formatted(apart.base().getFileName(), base);
  }

  private static String expected(Distance apart) {
    if (apart.relative() < NEAR) {
      return "this checkpoint is the same in the layers that it changes, so expect its whole effect";
    }
    return "this checkpoint is %s away from that in the layers that it changes, so expect %s"
        .formatted(percent(apart.relative()), share(apart.expectedEffect()));
  }

  /** No more exact than the rule behind it. */
  private static String share(double effect) {
    if (effect > 0.9) {
      return "nearly all of its effect";
    }
    if (effect < 0.15) {
      return "hardly any of its effect";
    }
    if (effect > 0.4 && effect < 0.6) {
      return "half of its effect";
    }
    return "about %s of its effect".formatted(percent(Math.round(effect * 10) / 10.0));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, share < 0.1 ? "%.1f %%" : "%.0f %%", 100 * share);
  }
}
