package dev.sdlora.pipeline.generation;

import ai.djl.ndarray.NDManager;
import dev.sdlora.families.conditioning.AppliedEncoder;
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.families.family.Family;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.model.Refiner;
import dev.sdlora.pipeline.request.Masks;
import dev.sdlora.pipeline.request.PassPlan;
import dev.sdlora.prompt.tokens.TrainedWords;
import java.util.ArrayList;
import java.util.List;

/** Encodes the prompts of a pass for the pipeline's model and for the refiner. */
final class PromptEncoding {
  private final Model model;
  private final PassPlan plan;
  private final RegionFrame regions;
  private final Progress progress;

  PromptEncoding(Model model, PassPlan plan, RegionFrame regions, Progress progress) {
    this.model = model;
    this.plan = plan;
    this.regions = regions;
    this.progress = progress;
  }

  /** Encodes the prompts with LoRAs applied, once for each region with LoRAs. */
  Conditions encode(AppliedLoras applied, RequestNetworks networks, NDManager scope) {
    progress.listener().conditioningStart();
    progress.stopIfCancelled();
    TrainedWords words = networks.embeddings(plan.loras(), applied);
    List<Conditions> conditions = new ArrayList<>();
    for (int region = 0; region <= applied.loras().masks().size(); region++) {
      conditions.add(
          applied.withTextEncoders(
              model.texts().encoded(),
              region,
              encoders -> conditions(encoders, words, model.family(), scope)));
    }
    progress.listener().conditioningEnd();
    return conditions.get(0).withRegions(conditions.subList(1, conditions.size()));
  }

  /** Returns encoded prompts whose sides apply in their masks, as these lie over the latents. */
  Conditions inMasks(Conditions encoded) {
    return encoded.in(Masks.areas(plan.masks(), regions, model.family().latentFactor()));
  }

  /** Encodes the prompts with the refiner's encoders, which LoRAs do not change. */
  Conditions encode(
      Refiner refiner, AppliedLoras applied, RequestNetworks networks, NDManager scope) {
    return refiner.withTextEncoders(
        encoders ->
            inMasks(
                conditions(encoders, words(refiner, applied, networks), refiner.family(), scope)));
  }

  /**
   * Returns the embeddings if the refiner can read their vectors; otherwise their names are plain
   * text.
   */
  private TrainedWords words(Refiner refiner, AppliedLoras applied, RequestNetworks networks) {
    return refiner.readsWordsFor(model.texts().widths())
        ? networks.embeddings(plan.loras(), applied)
        : TrainedWords.NONE;
  }

  private Conditions conditions(
      List<AppliedEncoder> encoders, TrainedWords words, Family family, NDManager scope) {
    return family
        .conditioner(encoders, words, plan.spec(), plan.conditionedSize())
        .conditions(plan.prompt().text(), plan.negative().text(), plan.schedule(), scope);
  }
}
