package dev.sdlora.pipeline.fit;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.lora.LoraConflicts;
import dev.sdlora.api.lora.LoraEffect;
import dev.sdlora.api.lora.LoraFit;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.lora.effect.EffectMeter;
import dev.sdlora.lora.library.Bases;
import dev.sdlora.lora.library.LoraCards;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.lora.plan.LoraUse;
import dev.sdlora.lora.plan.PatchPlan;
import dev.sdlora.lora.plan.PatchPlan.Match;
import dev.sdlora.lora.plan.PatchPlan.Matched;
import dev.sdlora.tensors.torch.ThreadLimit;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Measures LoRAs on checkpoints without a pipeline. Safe for use by several threads. */
public final class FitCheck {
  private final LoraFiles files;
  private final LoraCards cards;

  /** Creates a check that opens LoRAs through the given caches. */
  public FitCheck(LoraFiles files, LoraCards cards) {
    this.files = files;
    this.cards = cards;
  }

  /** Implements {@link LoraAdapter#effectOn}. */
  public LoraEffect effect(LoraAdapter lora, Checkpoint checkpoint) {
    ModelFiles model = CheckpointReader.open(checkpoint);
    return effect(model, match(model, List.of(lora)));
  }

  private static LoraEffect effect(ModelFiles model, Matched matched) {
    Match match = matched.matches().get(0);
    return new LoraEffect(
        match.matched(),
        match.unmatched(),
        measured(
            model,
            torch ->
                new EffectMeter(torch, new TensorLoader(torch))
                    .measure(matched.plan(), model.patchable())));
  }

  /** Implements {@link LoraAdapter#conflicts}. */
  public LoraConflicts conflicts(List<LoraAdapter> loras, Checkpoint checkpoint) {
    ModelFiles model = CheckpointReader.open(checkpoint);
    List<PatchPlan> plans = loras.stream().map(lora -> match(model, List.of(lora)).plan()).toList();
    return new LoraConflicts(
        loras.size(),
        measured(
            model,
            torch ->
                new EffectMeter(torch, new TensorLoader(torch)).measure(plans, model.patchable())));
  }

  /** Implements {@link LoraAdapter#fitOn}. */
  public LoraFit fit(LoraAdapter lora, Checkpoint checkpoint) {
    ModelFiles model = CheckpointReader.open(checkpoint);
    Bases.Sign trained = cards.base(lora);
    Bases.Sign comesFrom = cards.base(checkpoint.path(), model.checkpoint().family());
    FitDraft draft =
        new FitDraft(
            lora,
            model.checkpoint(),
            trained,
            comesFrom,
            BaseHash.matches(lora.metadata(), checkpoint.path()));
    draft.trained(cards.details(lora).training(), LoraCards.predictionType(lora));
    Matched matched;
    try {
      matched = match(model, List.of(lora));
    } catch (LoraException e) {
      if (isMisfit(e.reason())) {
        return draft.misfit(e);
      }
      throw e;
    }
    draft.effect(effect(model, matched));
    draft.repeated(matched.matches().get(0).repeated());
    return draft.fit();
  }

  private static boolean isMisfit(Reason reason) {
    return reason == Reason.WRONG_FAMILY
        || reason == Reason.NOTHING_MATCHED
        || reason == Reason.MISFIT;
  }

  private static <T> T measured(ModelFiles model, Function<Torch, T> work) {
    List<T> result = new ArrayList<>();
    try (Torch torch = Torch.open("cpu")) {
      ThreadLimit.run(model.size(), () -> result.add(work.apply(torch)));
    }
    return result.get(0);
  }

  private Matched match(ModelFiles model, List<LoraAdapter> loras) {
    return PatchPlan.match(
        model.layers(),
        model.checkpoint().name(),
        model.checkpoint().family(),
        loras.stream()
            .map(lora -> new LoraUse(lora.name(), files.open(lora.path()), lora.strength()).peak())
            .toList());
  }
}
