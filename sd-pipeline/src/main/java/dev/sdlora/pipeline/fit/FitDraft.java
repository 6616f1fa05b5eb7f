package dev.sdlora.pipeline.fit;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraDetails.Training;
import dev.sdlora.api.lora.LoraEffect;
import dev.sdlora.api.lora.LoraFit;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.model.PredictionType;
import dev.sdlora.lora.family.Base;
import dev.sdlora.lora.library.Bases;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Collects the findings about a LoRA and a checkpoint and words the verdict. */
final class FitDraft {
  private final LoraAdapter lora;
  private final Checkpoint checkpoint;
  private final Bases.Sign trained;
  private final Bases.Sign comesFrom;
  private final boolean exactBase;
  private final List<String> advice = new ArrayList<>();
  private Training training =
      new Training(Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty());
  private Optional<PredictionType> prediction = Optional.empty();
  private Optional<LoraEffect> effect = Optional.empty();

  FitDraft(
      LoraAdapter lora,
      Checkpoint checkpoint,
      Bases.Sign trained,
      Bases.Sign comesFrom,
      boolean exactBase) {
    this.lora = lora;
    this.checkpoint = checkpoint;
    this.trained = trained;
    this.comesFrom = comesFrom;
    this.exactBase = exactBase;
  }

  /** Records how the LoRA was trained, and the advice that follows from it. */
  void trained(Training facts, Optional<PredictionType> predicted) {
    training = facts;
    prediction = predicted;
    predicted
        // Trainers write "epsilon" into LoRAs for flows, too.
        .filter(type -> checkpoint.predictionType() != PredictionType.FLOW)
        .filter(type -> type != checkpoint.predictionType())
        .ifPresent(
            type ->
                advice.add(
                    "it was trained for %s, but the checkpoint uses %s: expect broken images"
                        .formatted(type.label(), checkpoint.predictionType().label())));
    if (facts.clipSkip().orElse(1) > 1 && checkpoint.family().hasClipSkip()) {
      advice.add(
          "it was trained with clip skip %s: set that in the request"
              .formatted(facts.clipSkip().getAsInt()));
    }
    facts
        .resolution()
        .filter(
            size -> Math.max(size.width(), size.height()) < 0.75 * checkpoint.defaultSize().width())
        .ifPresent(
            size ->
                advice.add(
                    "it was trained at %s, which is smaller than the checkpoint's %s: details may be coarse"
                        .formatted(size, checkpoint.defaultSize())));
  }

  void effect(LoraEffect measured) {
    effect = Optional.of(measured);
    if (!measured.unmatched().isEmpty()) {
      advice.add(
          "%s of its %s modules match no layer of the checkpoint, such as '%s'"
              .formatted(
                  measured.unmatched().size(), measured.modules(), measured.unmatched().get(0)));
    }
  }

  /** Adds the modules that are left out because the file says the same twice. */
  void repeated(List<String> modules) {
    if (!modules.isEmpty()) {
      advice.add(
          "%s of its modules repeat others under another name, such as '%s'; they are left out"
              .formatted(modules.size(), modules.get(0)));
    }
  }

  /** Returns the result for a LoRA that cannot be applied. */
  LoraFit misfit(LoraException cause) {
    return fit("it does not fit: " + cause.getMessage());
  }

  LoraFit fit() {
    return fit(verdict());
  }

  private LoraFit fit(String verdict) {
    return new LoraFit(
        effect,
        trained.base().label(),
        comesFrom.base().label(),
        List.of("LoRA: " + trained.sign(), "checkpoint: " + comesFrom.sign()),
        training,
        prediction,
        exactBase,
        verdict,
        advice);
  }

  private String verdict() {
    if (!effect.map(LoraEffect::changesAnything).orElse(false)) {
      return "it has no effect: every change is 0";
    }
    if (exactBase) {
      return "made on this checkpoint: expect its full effect";
    }
    String made = "made " + madeFor();
    if (trained.base() == Base.UNKNOWN || comesFrom.base() == Base.UNKNOWN) {
      return made
          + (trained.base() == Base.UNKNOWN
              ? ", on an unknown base model: it can be applied, but try how well it works"
              : ", but the base model of the checkpoint is unknown");
    }
    return trained.base() == comesFrom.base()
        ? made + ", and so is the checkpoint: expect most of its effect"
        : made
            + ", but the checkpoint is based on %s: expect a weaker or different effect"
                .formatted(comesFrom.base().label());
  }

  private String madeFor() {
    ModelFamily family = lora.family() == ModelFamily.UNKNOWN ? checkpoint.family() : lora.family();
    return "for " + (trained.base() == Base.UNKNOWN ? family.label() : trained.base().label());
  }
}
