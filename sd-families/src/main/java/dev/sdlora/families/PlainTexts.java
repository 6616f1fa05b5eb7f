package dev.sdlora.families;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.Emphasis;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.families.checkpoint.transformer.TextParts;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.conditioning.AppliedEncoder;
import dev.sdlora.families.conditioning.Conditioning;
import dev.sdlora.families.conditioning.EncodedChunks;
import dev.sdlora.families.conditioning.EncoderWeights;
import dev.sdlora.families.conditioning.TextConditioner;
import dev.sdlora.families.network.AdaptableNetwork;
import dev.sdlora.families.network.ClipConfig;
import dev.sdlora.families.network.TextEncoder;
import dev.sdlora.families.transformer.Qwen3;
import dev.sdlora.families.transformer.T5;
import dev.sdlora.prompt.tokens.TrainedWords;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Origin;
import dev.sdlora.tensors.weights.TensorLoader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Encodes plain texts as prompts of a model with a transformer are encoded. Parentheses, brackets
 * and {@code AND} are plain text. Stateless.
 */
public final class PlainTexts {
  private PlainTexts() {}

  /**
   * Encodes texts. The text encoders are in memory only meanwhile.
   *
   * @param device the device that computes; {@code auto} for the best one
   * @param model FLUX.2, Z-Image or FLUX.1
   * @param type the dtype that the encoders compute in, float32 or bfloat16
   * @return the condition of each different text
   * @throws dev.sdlora.api.error.CheckpointException if the checkpoint's vocabulary lacks a token
   * @throws dev.sdlora.api.error.TensorFileException if weights cannot be read
   */
  public static Map<String, Conditioning> encode(
      String device, TransformerModel model, Collection<String> texts, ScalarType type) {
    PromptSpec spec =
        PromptSpec.builder()
            .prompt("")
            .promptOptions(PromptOptions.DEFAULTS.withEmphasis(Emphasis.NONE))
            .build();
    Map<String, Conditioning> encoded = new LinkedHashMap<>();
    try (Torch torch = Torch.open(device)) {
      TextConditioner conditioner =
          Families.of(model)
              .conditioner(encoders(torch, model.texts(), type), TrainedWords.NONE, spec);
      for (String text : texts) {
        if (!encoded.containsKey(text)) {
          try (NDManager scope = torch.scope()) {
            encoded.put(text, conditioner.constant(text, scope));
          }
        }
      }
    }
    return encoded;
  }

  /** Loads the encoders; their weights are freed with the owner of the native memory. */
  private static List<AppliedEncoder> encoders(Torch torch, TextParts texts, ScalarType type) {
    TensorLoader loader = new TensorLoader(torch);
    List<AdaptableNetwork> networks = new ArrayList<>();
    if (texts instanceof TextParts.Qwen qwen) {
      networks.add(
          new Qwen3(
              torch, qwen.encoder().config(), load(torch, loader, qwen.encoder().weights(), type)));
    } else if (texts instanceof TextParts.ClipAndT5 two) {
      for (ModelFiles.Part<ClipConfig> clip : two.clips()) {
        networks.add(
            new TextEncoder(torch, clip.config(), load(torch, loader, clip.weights(), type)));
      }
      two.t5()
          .ifPresent(
              t5 ->
                  networks.add(
                      new T5(torch, t5.config(), load(torch, loader, t5.weights(), type))));
    }
    EncodedChunks known = new EncodedChunks();
    List<AppliedEncoder> applied = new ArrayList<>();
    for (AdaptableNetwork network : networks) {
      applied.add(new AppliedEncoder(applied.size(), network, EncoderWeights.PLAIN, known));
    }
    return applied;
  }

  private static LiveWeights load(
      Torch torch, TensorLoader loader, Map<String, Origin> weights, ScalarType type) {
    return LiveWeights.load(torch, loader, weights, type);
  }
}
