package dev.sdlora.families.checkpoint.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.families.checkpoint.stored.TensorRule;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.network.vae.VaeConfig;
import dev.sdlora.families.transformer.TransformerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A family of diffusion transformers: its files, its dimensions and its settings. Each family has a
 * package with an implementation, which {@code Families} lists.
 */
public interface TransformerFamily {
  /** The licence of most models. */
  String APACHE = "Apache-2.0";

  /** Returns the family's name for callers. */
  ModelFamily family();

  /** Returns the name for errors about files, such as {@code Z-Image}. */
  default String label() {
    return family().label();
  }

  /**
   * The file that most people use for a part.
   *
   * @param file the file name
   * @param repository its repository on Hugging Face
   */
  record Usual(String file, String repository) {}

  /**
   * A published model, or several that differ in weights alone.
   *
   * @param name its name in errors and descriptions
   * @param licence the licence of its weights
   * @param rule the tensors that show it, for files that are none of {@code KnownModels.RELATIVES}
   */
  record Model(String name, String licence, TensorRule rule) {}

  /** Returns its models; the first whose tensors a file has counts. */
  List<Model> models();

  /** Returns the tensors of its transformer. */
  DenoiserTensors denoiser();

  /** Returns its text encoders, in the order of diffusers' folders. */
  List<TextEncoderKind> textEncoders();

  /** Returns the text encoder that reads prompts in full; the first one by default. */
  default TextEncoderKind mainEncoder() {
    return textEncoders().get(0);
  }

  /** Returns the repository on Hugging Face with the usual files of its text encoders. */
  String encoderRepository();

  /** Whether its models also draw without one of its text encoders. */
  default boolean drawsWithout(TextEncoderKind kind) {
    return false;
  }

  /** Returns the number of Qwen3's states that the transformer reads side by side. */
  default int states() {
    return 1;
  }

  /** Returns the number of the full-size Qwen3's layers that are read, of 36. */
  default int encoderLayers() {
    return 0;
  }

  /** Returns the channels of the VAE's latents. */
  default int latentChannels() {
    return 16;
  }

  /** Whether its VAE has statistics by which latents are normalised. */
  default boolean normalisesLatents() {
    return false;
  }

  /** Returns the usual file of its first text encoder. */
  default Usual textEncoder() {
    return textEncoder(textEncoders().get(0));
  }

  /** Returns the usual file of a text encoder. */
  default Usual textEncoder(TextEncoderKind kind) {
    return new Usual(kind.files().get(0), encoderRepository());
  }

  /** Returns the usual file of its VAE; FLUX.1's by default. */
  default Usual vae() {
    return new Usual("ae.safetensors", "Comfy-Org/z_image_turbo");
  }

  /** Returns the file names of its VAE in ComfyUI's folder, the usual one first. */
  default List<String> vaes() {
    return List.of(vae().file(), "flux_ae.safetensors");
  }

  /**
   * Returns whether a model is distilled to few steps by the shift of its scheduler; empty if that
   * does not show it.
   */
  default Optional<Boolean> isDistilled(double shift) {
    return Optional.empty();
  }

  /** Whether models are distilled if nothing shows it. */
  default boolean isUsuallyDistilled() {
    return true;
  }

  /** Whether all models are distilled but those whose name says that this was undone. */
  default boolean isDistilledUnlessUndone() {
    return false;
  }

  /** Returns the words of a name that, alone, is that of a base model; empty if there is none. */
  default List<String> baseName() {
    return List.of();
  }

  /**
   * Returns the names of the transformer's weights in single files, for programs that write them.
   * Weights that a file stacks in one tensor have the same name, and their rows follow in the order
   * of the configuration. FLUX.2's files have the halves of {@code norm_out.linear} swapped.
   */
  default UnaryOperator<String> transformerFileNames() {
    return name -> denoiser().places(name).get(0).name();
  }

  /** Returns the names of a VAE's weights in single files. */
  static UnaryOperator<String> vaeFileNames(VaeConfig config) {
    return name -> VaeTensors.places(name, config.levels()).get(0).name();
  }

  /**
   * Derives the dimensions of the transformer.
   *
   * @param shapes the shapes of its weights
   * @param settings its config.json; missing if there is none
   * @throws IllegalArgumentException if they contradict each other
   */
  TransformerConfig transformer(Map<String, List<Long>> shapes, JsonNode settings);

  /**
   * Reads the dimensions of the text encoders.
   *
   * @throws dev.sdlora.api.error.CheckpointException if their tensors contradict each other
   */
  TextParts texts(TransformerFiles files);

  /** Returns the conversion of the VAE's latents to those of the sampler; FLUX.1's by default. */
  default LatentFormat latents(TransformerFiles.Part vae, int channels) {
    return LatentFormat.shifted(0.1159, 0.3611, channels);
  }

  /** Returns the task for which the transformer was trained. */
  default Checkpoint.Task task(TransformerConfig transformer) {
    return Checkpoint.Task.TEXT_TO_IMAGE;
  }

  /** Returns the name of a weight with one row for each channel of a token. */
  default String widest() {
    return "x_embedder.weight";
  }

  /** Returns the shift of the schedule if no settings tell it; 1 if it depends on sizes. */
  default double shift(boolean isDistilled) {
    return 1;
  }

  /** Returns the settings that the authors recommend. */
  PromptSpec defaults(TransformerFiles files, TransformerConfig config);

  /** Returns a request with the sampler of flows. */
  static PromptSpec defaults(int steps, double cfgScale) {
    return PromptSpec.builder().sampler(Sampler.EULER).steps(steps).cfgScale(cfgScale).build();
  }

  /** Returns the numbers of a list in settings; empty if there is none. */
  static List<Integer> integers(JsonNode array) {
    List<Integer> numbers = new ArrayList<>();
    array.forEach(number -> numbers.add(number.asInt()));
    return numbers;
  }
}
