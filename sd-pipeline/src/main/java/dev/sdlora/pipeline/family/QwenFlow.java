package dev.sdlora.pipeline.family;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.pipeline.checkpoint.TextParts;
import dev.sdlora.pipeline.checkpoint.TransformerModel;
import dev.sdlora.pipeline.conditioning.AppliedEncoder;
import dev.sdlora.pipeline.conditioning.QwenConditioner;
import dev.sdlora.pipeline.conditioning.TextConditioner;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import java.util.function.BiFunction;

/** The prompts of families that read Qwen3. */
final class QwenFlow {
  private final TransformerModel model;
  private final BiFunction<String, QwenTokenizer, QwenPrompt> template;
  private final boolean readsPadding;

  /**
   * Creates the reader of a model's prompts.
   *
   * @param template puts a prompt into the model's chat template
   * @param readsPadding whether the denoiser reads the states of padding
   */
  QwenFlow(
      TransformerModel model,
      BiFunction<String, QwenTokenizer, QwenPrompt> template,
      boolean readsPadding) {
    this.model = model;
    this.template = template;
    this.readsPadding = readsPadding;
  }

  TextConditioner conditioner(AppliedEncoder encoder, PromptSpec spec) {
    TextParts.Qwen texts = model.qwen();
    return new QwenConditioner(
        encoder,
        this::inTemplate,
        texts.layers(),
        readsPadding,
        parts -> FlowSettings.readsNegative(spec, parts),
        spec.promptOptions().limits());
  }

  /** Returns the checks of requests. */
  FlowSettings settings(boolean readsReferences) {
    return new FlowSettings(
        model.checkpoint().family().label(),
        model.isDistilled(),
        readsReferences,
        PromptReading.ofQwen(this::inTemplate));
  }

  private QwenPrompt inTemplate(String text) {
    return template.apply(text, model.qwen().tokenizer());
  }
}
