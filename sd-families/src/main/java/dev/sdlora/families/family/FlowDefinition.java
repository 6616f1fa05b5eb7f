package dev.sdlora.families.family;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.families.checkpoint.transformer.TransformerFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** A family of transformers that predict flows, with what drawing asks of its models. */
public interface FlowDefinition extends TransformerFamily {
  /** Returns the chat template that prompts are put into; empty if no Qwen3 reads them. */
  default Optional<BiFunction<String, QwenTokenizer, QwenPrompt>> template() {
    return Optional.empty();
  }

  /** Returns what drawing asks of a model of this family. */
  FlowTraits flow(TransformerModel model);

  /**
   * Returns the layers that LoRAs for a published model change, by network, for work on LoRA files
   * without a checkpoint.
   */
  Map<Network, Map<String, List<Long>>> published();

  /**
   * Returns the rules for training LoRAs; empty if they cannot be trained.
   *
   * @param config the dimensions of the model
   */
  default Optional<TrainingRules> training(TransformerConfig config) {
    return Optional.empty();
  }

  /**
   * Returns what keeps a model of a family with training rules from being trained, such as {@code
   * is FLUX.1 Fill, an inpainting model}; empty if nothing does.
   */
  default Optional<String> untrainable(Checkpoint checkpoint) {
    return Optional.empty();
  }
}
