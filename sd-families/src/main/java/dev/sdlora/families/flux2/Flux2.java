package dev.sdlora.families.flux2;

import static dev.sdlora.families.checkpoint.stored.TensorRule.any;
import static dev.sdlora.families.checkpoint.stored.TensorRule.upTo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.families.checkpoint.layout.SmallTensors;
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
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.transformer.TransformerConfig;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.prompt.qwen.QwenPrompt;
import dev.sdlora.prompt.qwen.QwenTokenizer;
import dev.sdlora.tensors.weights.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.BiFunction;

/** FLUX.2 klein. */
public final class Flux2 implements FlowDefinition {
  /** The names of the matrix that reads the image. */
  public static final List<String> INPUT = List.of("img_in.weight", "x_embedder.weight");

  /** Tensors that only FLUX.2 has. */
  public static final TensorRule BLOCKS =
      any("double_stream_modulation_img.", "single_stream_modulation.", "attn.to_qkv_mlp_proj.");

  /** Tensors that read a guidance scale, which klein does not. */
  public static final TensorRule GUIDANCE =
      any("guidance_in.", "time_guidance_embed.guidance_embedder.");

  private static final int WIDTH = 3072;
  private static final String REPOSITORY = "Comfy-Org/vae-text-encorder-for-flux-klein-4b";

  private static final List<Integer> FULL_LAYERS = List.of(9, 18, 27);

  @Override
  public ModelFamily family() {
    return ModelFamily.FLUX2;
  }

  @Override
  public List<Model> models() {
    return List.of(new Model(label(), APACHE, BLOCKS.and(upTo(INPUT, WIDTH))));
  }

  @Override
  public DenoiserTensors denoiser() {
    return new Flux2Tensors();
  }

  @Override
  public List<TextEncoderKind> textEncoders() {
    return List.of(TextEncoderKind.QWEN3);
  }

  @Override
  public String encoderRepository() {
    return REPOSITORY;
  }

  @Override
  public String label() {
    return "FLUX.2 klein 4B";
  }

  @Override
  public int latentChannels() {
    return 32;
  }

  @Override
  public boolean normalisesLatents() {
    return true;
  }

  @Override
  public int states() {
    return FULL_LAYERS.size();
  }

  @Override
  public int encoderLayers() {
    return 27;
  }

  @Override
  public Usual vae() {
    return new Usual("flux2-vae.safetensors", REPOSITORY);
  }

  @Override
  public List<String> vaes() {
    return List.of(vae().file(), "flux2_ae.safetensors");
  }

  @Override
  public TransformerConfig transformer(Map<String, List<Long>> shapes, JsonNode settings) {
    Flux2Config config = Flux2Config.of(shapes);
    List<Integer> axes = TransformerFamily.integers(settings.path("axes_dims_rope"));
    double theta = settings.path("rope_theta").asDouble(config.theta());
    return config.withAxes(axes.isEmpty() ? config.axes() : axes, theta);
  }

  @Override
  public TextParts texts(TransformerFiles files) {
    return QwenParts.read(
        files, FULL_LAYERS, layers -> List.of(layers / 4, layers / 2, layers * 3 / 4));
  }

  @Override
  public LatentFormat latents(TransformerFiles.Part vae, int channels) {
    return LatentFormat.normalisedBy(floats(vae, "bn.running_mean"), floats(vae, "bn.running_var"));
  }

  private static float[] floats(TransformerFiles.Part part, String name) {
    Origin origin = part.weights().get(name);
    if (origin == null) {
      throw new CheckpointException(
          "'%s': tensor '%s' is missing, which FLUX.2's autoencoder has"
              .formatted(part.path(), name),
          ErrorDetails.in(part.path()).withTensor(name));
    }
    return SmallTensors.floats(origin.file(), origin.entry());
  }

  @Override
  public PromptSpec defaults(TransformerFiles files, TransformerConfig config) {
    return files.distillation().distilled()
        ? TransformerFamily.defaults(4, 1)
        : TransformerFamily.defaults(50, 4);
  }

  @Override
  public Optional<BiFunction<String, QwenTokenizer, QwenPrompt>> template() {
    return Optional.of(QwenPrompt::klein);
  }

  @Override
  public FlowTraits flow(TransformerModel model) {
    return new Flux2Flow(model);
  }

  @Override
  public Map<Network, Map<String, List<Long>>> published() {
    Flux2Config klein =
        new Flux2Config(
            128,
            WIDTH,
            24,
            5,
            20,
            3 * PublishedLayers.QWEN_WIDTH,
            3 * WIDTH,
            256,
            Flux2Config.axes(128),
            Flux2Config.THETA);
    return Map.of(
        Network.UNET,
        PublishedLayers.matrices(klein.weights()),
        Network.TEXT_ENCODER,
        PublishedLayers.qwen3());
  }

  @Override
  public Optional<TrainingRules> training(TransformerConfig config) {
    return Optional.of(
        new TrainingRules(false, OptionalDouble.empty(), KeyNaming.SINGLE_FILE, true));
  }
}
