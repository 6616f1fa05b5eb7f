package dev.sdlora.families.family;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.families.checkpoint.transformer.TextParts;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.conditioning.AppliedEncoder;
import dev.sdlora.families.conditioning.QwenConditioner;
import dev.sdlora.families.conditioning.TextConditioner;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import dev.sdlora.prompt.tokens.TrainedWords;
import java.util.List;
import java.util.function.BiFunction;

/** The families whose prompts Qwen3 reads. */
public abstract class QwenFlow implements FlowTraits {
  private final TransformerModel model;
  private final BiFunction<String, QwenTokenizer, QwenPrompt> template;
  private final boolean readsPadding;
  private final boolean readsReferences;

  /**
   * Creates the traits of a model.
   *
   * @param template puts a prompt into the model's chat template
   * @param readsPadding whether the denoiser reads the states of padding
   * @param readsReferences whether it reads reference images
   */
  protected QwenFlow(
      TransformerModel model,
      BiFunction<String, QwenTokenizer, QwenPrompt> template,
      boolean readsPadding,
      boolean readsReferences) {
    this.model = model;
    this.template = template;
    this.readsPadding = readsPadding;
    this.readsReferences = readsReferences;
  }

  @Override
  public TextConditioner conditioner(
      List<AppliedEncoder> encoders, TrainedWords words, PromptSpec spec) {
    TextParts.Qwen texts = model.qwen();
    return new QwenConditioner(
        encoders.get(0),
        this::inTemplate,
        texts.layers(),
        readsPadding,
        parts -> FlowSettings.readsNegative(spec, parts),
        spec.promptOptions().limits());
  }

  @Override
  public FlowSettings settings(PromptSpec spec) {
    return new FlowSettings(model, readsReferences, PromptReading.ofQwen(this::inTemplate));
  }

  @Override
  public int textTokens(PromptSpec spec) {
    return QwenPrompt.LENGTH;
  }

  private QwenPrompt inTemplate(String text) {
    return template.apply(text, model.qwen().tokenizer());
  }
}
