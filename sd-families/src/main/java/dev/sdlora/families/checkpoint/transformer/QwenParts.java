package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.families.transformer.Qwen3Config;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;

/** Reads the dimensions of Qwen3 as a text encoder. */
public final class QwenParts {
  private static final int FULL_WIDTH = 2560;

  private QwenParts() {}

  /**
   * Reads the encoder of a model.
   *
   * @param full the layers whose states are read of the published encoder
   * @param inProportion returns those of an encoder with another number of layers
   */
  public static TextParts.Qwen read(
      TransformerFiles files, List<Integer> full, IntFunction<List<Integer>> inProportion) {
    TransformerFiles.Part part = files.textEncoders().get(0);
    Qwen3Config config = CheckedPart.checked(part, QwenParts::config);
    List<Integer> layers =
        config.width() == FULL_WIDTH ? full : inProportion.apply(config.layers());
    return new TextParts.Qwen(
        CheckedPart.part(part, config, config.weights(Collections.max(layers))),
        layers,
        files.tokenizer().map(QwenTokenizer::read).orElseGet(QwenTokenizer::load));
  }

  private static Qwen3Config config(TransformerFiles.Part part) {
    return Qwen3Config.of(
        part.shapes(), part.settings().path("rope_theta").asDouble(Qwen3Config.THETA));
  }
}
