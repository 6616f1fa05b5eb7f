package dev.sdlora.families.zimage;

import static dev.sdlora.families.checkpoint.stored.TensorRule.any;
import static dev.sdlora.families.checkpoint.stored.TensorRule.rows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.stored.TensorRule;
import dev.sdlora.families.checkpoint.transformer.DenoiserTensors;
import dev.sdlora.families.checkpoint.transformer.PublishedLayers;
import dev.sdlora.families.checkpoint.transformer.QwenParts;
import dev.sdlora.families.checkpoint.transformer.TextEncoderKind;
import dev.sdlora.families.checkpoint.transformer.TextParts;
import dev.sdlora.families.checkpoint.transformer.TransformerFamily;
import dev.sdlora.families.checkpoint.transformer.TransformerFiles;
import dev.sdlora.families.checkpoint.transformer.TransformerModel;
import dev.sdlora.families.family.FlowDefinition;
import dev.sdlora.families.family.FlowTraits;
import dev.sdlora.families.family.TrainingRules;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BiFunction;

/** Z-Image, Turbo or base. */
public final class ZImage implements FlowDefinition {
  /** Tensors of Z-Image and Lumina-Image 2. */
  public static final TensorRule BLOCKS = any("cap_embedder.");

  private static final int WIDTH = 3840;
  private static final List<Integer> FULL_LAYERS = List.of(35);
  private static final double TURBO_SHIFT = 3;
  private static final double BASE_SHIFT = 6;

  @Override
  public ModelFamily family() {
    return ModelFamily.Z_IMAGE;
  }

  @Override
  public List<Model> models() {
    return List.of(
        new Model(
            label(),
            APACHE,
            BLOCKS.and(
                any(
                        "noise_refiner.0.attention.k_norm.weight",
                        "noise_refiner.0.attention.norm_k.weight",
                        "cap_pad_token")
                    .or(rows(List.of("cap_embedder.1.weight"), WIDTH)))));
  }

  @Override
  public DenoiserTensors denoiser() {
    return new ZImageTensors();
  }

  @Override
  public List<TextEncoderKind> textEncoders() {
    return List.of(TextEncoderKind.QWEN3);
  }

  @Override
  public String encoderRepository() {
    return "Comfy-Org/z_image_turbo";
  }

  @Override
  public int encoderLayers() {
    return 35;
  }

  @Override
  public Optional<Boolean> isDistilled(double shift) {
    return shift == TURBO_SHIFT || shift == BASE_SHIFT
        ? Optional.of(shift == TURBO_SHIFT)
        : Optional.empty();
  }

  @Override
  public List<String> baseName() {
    return List.of("z", "image");
  }

  @Override
  public TransformerConfig transformer(Map<String, List<Long>> shapes, JsonNode settings) {
    ZImageConfig config =
        ZImageConfig.of(shapes, settings.path("rope_theta").asDouble(ZImageConfig.THETA));
    List<Integer> axes = TransformerFamily.integers(settings.path("axes_dims"));
    return axes.isEmpty() ? config : config.withAxes(axes);
  }

  @Override
  public TextParts texts(TransformerFiles files) {
    return QwenParts.read(files, FULL_LAYERS, layers -> List.of(Math.max(1, layers - 1)));
  }

  @Override
  public String widest() {
    return "layers.0.attention.to_q.weight";
  }

  @Override
  public double shift(boolean isDistilled) {
    return isDistilled ? TURBO_SHIFT : BASE_SHIFT;
  }

  @Override
  public PromptSpec defaults(TransformerFiles files, TransformerConfig config) {
    return files.distillation().distilled()
        ? TransformerFamily.defaults(8, 1)
        : TransformerFamily.defaults(30, 4);
  }

  @Override
  public Optional<BiFunction<String, QwenTokenizer, QwenPrompt>> template() {
    return Optional.of(QwenPrompt::zImage);
  }

  @Override
  public FlowTraits flow(TransformerModel model) {
    return new ZImageFlow(model);
  }

  @Override
  public Map<Network, Map<String, List<Long>>> published() {
    ZImageConfig config =
        new ZImageConfig(
            16,
            WIDTH,
            30,
            10_240,
            PublishedLayers.QWEN_WIDTH,
            256,
            1024,
            2,
            30,
            ZImageConfig.axes(128),
            ZImageConfig.THETA);
    return Map.of(
        Network.UNET,
        PublishedLayers.matrices(config.weights()),
        Network.TEXT_ENCODER,
        PublishedLayers.qwen3());
  }

  @Override
  public Optional<TrainingRules> training(TransformerConfig config) {
    return Optional.of(
        new TrainingRules(true, OptionalDouble.of(TURBO_SHIFT), KeyNaming.SINGLE_FILE, false));
  }
}
