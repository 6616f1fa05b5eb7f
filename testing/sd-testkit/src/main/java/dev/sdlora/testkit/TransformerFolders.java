package dev.sdlora.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Writes the files of {@link TinyTransformers} into temporary folders. */
final class TransformerFolders {
  private static final String RESOURCES = "transformers/";
  private static final String KLEIN = "diffusion_models/flux-2-klein-4b.safetensors";
  private static final String TURBO = "diffusion_models/z_image_turbo_bf16.safetensors";
  private static final String DEV = "diffusion_models/flux1-dev.safetensors";
  private static final String SD3 = "diffusion_models/sd3_medium.safetensors";
  private static final String SD35 = "diffusion_models/sd3.5_medium.safetensors";
  private static final String CHROMA = "diffusion_models/Chroma1-HD.safetensors";
  private static final String ENCODER = "text_encoders/qwen_3_4b.safetensors";
  private static final String KLEIN_VAE = "vae/flux2-vae.safetensors";
  private static final String Z_IMAGE_VAE = "vae/ae.safetensors";
  private static final String DIFFUSERS = "diffusion_pytorch_model.safetensors";

  private static final String CLIP = "text_encoders/clip_l.safetensors";
  private static final String CLIP_G = "text_encoders/clip_g.safetensors";
  private static final String T5 = "text_encoders/t5xxl_fp16.safetensors";

  /** The rows of the published Qwen3's table. */
  private static final int VOCABULARY = 151_936;

  private static final int CLIP_VOCABULARY = 49_408;
  private static final int T5_VOCABULARY = 32_128;

  private TransformerFolders() {}

  /** Writes the models and what belongs to them into ComfyUI's folders. */
  static Path comfyUi() {
    Path root = temporary();
    copy(KLEIN, file(root, KLEIN));
    copy(KLEIN, file(root, "diffusion_models/flux-2-klein-base-4b.safetensors"));
    copy(TURBO, file(root, TURBO));
    copy(TURBO, file(root, "diffusion_models/z_image_bf16.safetensors"));
    copy(DEV, file(root, DEV));
    StoredTensors.read(RESOURCES + DEV)
        .each(
            tensor -> tensor.name().startsWith("guidance_in.") ? Stream.empty() : Stream.of(tensor))
        .write(file(root, "diffusion_models/flux1-schnell.safetensors"));
    copy(CHROMA, file(root, CHROMA));
    copy(SD35, file(root, SD35));
    Stream<StoredTensors.Tensor> t5 = prefixed("text_encoders.t5xxl.transformer.", t5());
    sd3(Stream.empty()).write(file(root, "checkpoints/sd3_medium_incl_clips.safetensors"));
    sd3(t5).write(file(root, "checkpoints/sd3_medium_incl_clips_t5xxlfp16.safetensors"));
    copy(Z_IMAGE_VAE, file(root, "vae/sd3_vae.safetensors"));
    copy(KLEIN_VAE, file(root, KLEIN_VAE));
    copy(Z_IMAGE_VAE, file(root, Z_IMAGE_VAE));
    encoder(ENCODER, "model.embed_tokens.weight", VOCABULARY).write(file(root, ENCODER));
    clip().write(file(root, CLIP));
    clipG().write(file(root, CLIP_G));
    t5().write(file(root, T5));
    return root;
  }

  /** Returns the tensors of a file with all networks of Stable Diffusion 3. */
  private static StoredTensors sd3(Stream<StoredTensors.Tensor> t5) {
    return new StoredTensors(
        Stream.of(
                prefixed("model.diffusion_model.", StoredTensors.read(RESOURCES + SD3)),
                prefixed("text_encoders.clip_l.transformer.", clip()),
                prefixed("text_encoders.clip_g.transformer.", clipG()),
                t5,
                prefixed("first_stage_model.", StoredTensors.read(RESOURCES + Z_IMAGE_VAE)))
            .flatMap(tensors -> tensors)
            .toList());
  }

  private static Stream<StoredTensors.Tensor> prefixed(String prefix, StoredTensors tensors) {
    return tensors.tensors().stream().map(tensor -> tensor.named(prefix + tensor.name()));
  }

  private static StoredTensors clipG() {
    return encoder(CLIP_G, "text_model.embeddings.token_embedding.weight", CLIP_VOCABULARY);
  }

  private static StoredTensors clip() {
    return encoder(CLIP, "text_model.embeddings.token_embedding.weight", CLIP_VOCABULARY);
  }

  private static StoredTensors t5() {
    return encoder(T5, "shared.weight", T5_VOCABULARY);
  }

  /** Reads a text encoder and repeats the rows of its table. */
  private static StoredTensors encoder(String resource, String table, int rows) {
    return StoredTensors.read(RESOURCES + resource)
        .each(tensor -> Stream.of(tensor.name().equals(table) ? tensor.repeated(rows) : tensor));
  }

  static Path klein() {
    Path root = diffusers("flux2");
    DiffusersTensors.flux2(StoredTensors.read(RESOURCES + KLEIN))
        .write(file(root, "transformer/" + DIFFUSERS));
    DiffusersTensors.vae(StoredTensors.read(RESOURCES + KLEIN_VAE))
        .write(file(root, "vae/" + DIFFUSERS));
    return root;
  }

  static Path zImage() {
    Path root = diffusers("zimage");
    DiffusersTensors.zImage(StoredTensors.read(RESOURCES + TURBO))
        .write(file(root, "transformer/" + DIFFUSERS));
    DiffusersTensors.vae(StoredTensors.read(RESOURCES + Z_IMAGE_VAE))
        .write(file(root, "vae/" + DIFFUSERS));
    return root;
  }

  static Path flux1() {
    Path root =
        settings("flux1", List.of("text_encoder/config.json", "text_encoder_2/config.json"));
    clip().write(file(root, "text_encoder/model.safetensors"));
    t5().write(file(root, "text_encoder_2/model.safetensors"));
    DiffusersTensors.vae(StoredTensors.read(RESOURCES + Z_IMAGE_VAE))
        .write(file(root, "vae/" + DIFFUSERS));
    DiffusersTensors.flux1(StoredTensors.read(RESOURCES + DEV))
        .write(file(root, "transformer/" + DIFFUSERS));
    return root;
  }

  static Path sd35() {
    Path root =
        settings(
            "sd3",
            List.of(
                "text_encoder/config.json",
                "text_encoder_2/config.json",
                "text_encoder_3/config.json"));
    clip().write(file(root, "text_encoder/model.safetensors"));
    clipG().write(file(root, "text_encoder_2/model.safetensors"));
    t5().write(file(root, "text_encoder_3/model.safetensors"));
    DiffusersTensors.vae(StoredTensors.read(RESOURCES + Z_IMAGE_VAE))
        .write(file(root, "vae/" + DIFFUSERS));
    DiffusersTensors.sd3(StoredTensors.read(RESOURCES + SD35), 2)
        .write(file(root, "transformer/" + DIFFUSERS));
    return root;
  }

  static Path chroma() {
    Path root = settings("chroma", List.of("text_encoder/config.json"));
    t5().write(file(root, "text_encoder/model.safetensors"));
    DiffusersTensors.vae(StoredTensors.read(RESOURCES + Z_IMAGE_VAE))
        .write(file(root, "vae/" + DIFFUSERS));
    DiffusersTensors.flux1(StoredTensors.read(RESOURCES + CHROMA))
        .write(file(root, "transformer/" + DIFFUSERS));
    return root;
  }

  static Path loras(String model, List<String> names) {
    Path root = temporary();
    for (String name : names) {
      String resource = "loras/" + model + "/" + name + ".safetensors";
      copy(resource, file(root, name + ".safetensors"));
    }
    return root;
  }

  /** Writes the settings, the tokenizer and the text encoder of a model. */
  private static Path diffusers(String model) {
    Path root = settings(model, List.of("text_encoder/config.json"));
    copy(ENCODER, file(root, "text_encoder/model.safetensors"));
    write(file(root, "tokenizer/vocab.json"), vocabulary());
    write(file(root, "tokenizer/merges.txt"), "#version: 0.2\n\u0120 a\nc a\nca t\n");
    return root;
  }

  /** Writes the settings of a model. */
  private static Path settings(String model, List<String> ofEncoders) {
    Path root = temporary();
    Stream.concat(
            Stream.of(
                "model_index.json",
                "scheduler/scheduler_config.json",
                "transformer/config.json",
                "vae/config.json"),
            ofEncoders.stream())
        .forEach(name -> copy(model + "/" + name, file(root, name)));
    return root;
  }

  /** Returns a vocabulary of all bytes, under the names of GPT-2's tokenizer, and three words. */
  private static String vocabulary() {
    Stream<String> bytes = IntStream.range(0, 256).mapToObj(TransformerFolders::nameOfByte);
    List<String> words = Stream.concat(bytes, Stream.of("\u0120a", "ca", "cat")).toList();
    return IntStream.range(0, words.size())
        .mapToObj(id -> quoted(words.get(id)) + ": " + id)
        .collect(Collectors.joining(", ", "{", "}"));
  }

  /** Returns a byte's printable character; the others follow from U+0100 on. */
  private static String nameOfByte(int index) {
    int renamed = (int) IntStream.range(0, index).filter(b -> !isPrintable(b)).count();
    return Character.toString(isPrintable(index) ? index : 256 + renamed);
  }

  private static boolean isPrintable(int index) {
    return (index > ' ' && index < 127) || (index > 160 && index != 173);
  }

  private static String quoted(String word) {
    return "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static Path temporary() {
    try {
      Path folder = Files.createTempDirectory("tiny-transformers");
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a file in a folder under a root, which is created. */
  private static Path file(Path root, String name) {
    Path file = root.resolve(name);
    Path parent = Objects.requireNonNull(file.getParent());
    try {
      if (!Files.exists(parent)) {
        Files.createDirectories(parent);
        parent.toFile().deleteOnExit();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    file.toFile().deleteOnExit();
    return file;
  }

  private static void copy(String resource, Path target) {
    String name = RESOURCES + resource;
    try (InputStream stream = TransformerFolders.class.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(stream, name), target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path target, String text) {
    try {
      Files.writeString(target, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
