package dev.sdlora.pipeline.checkpoint;

import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.api.FileDescription;
import dev.sdlora.api.FileDescription.Kind;
import dev.sdlora.api.ModelFamily;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Recognises by its tensor names what a file is. */
public final class FileKind {
  private static final String ONLY_SD1 = "; this version runs SD 1.x checkpoints";
  private static final String NOT_CHECKPOINT = ", not a checkpoint";

  /** Names that give other things away; the first that fits counts. */
  private static final List<Sign> OTHERS =
      List.of(
          new Sign(
              Kind.LORA,
              name ->
                  name.contains("lora_down")
                      || name.contains("lora_A.")
                      || name.contains(".lora.down.")
                      || name.contains("_lora.down.")
                      || name.contains(".hada_w1")
                      || name.contains(".lokr_w")
                      || name.matches("(unet|text_encoder):\\d+:(up|down)"),
              "is a LoRA",
              NOT_CHECKPOINT
                  + "; name it in the prompt as <lora:name:1> or open it with LoraAdapter.open"),
          new Sign(
              Kind.CHECKPOINT,
              name -> name.startsWith("conditioner.embedders."),
              "is for SDXL",
              ONLY_SD1,
              Optional.of(ModelFamily.SDXL)),
          new Sign(
              Kind.CHECKPOINT,
              name -> name.startsWith("cond_stage_model.model."),
              "is for SD 2.x",
              ONLY_SD1,
              Optional.of(ModelFamily.SD2)),
          new Sign(
              Kind.CHECKPOINT,
              name -> name.contains("double_blocks.") || name.contains("joint_blocks."),
              "is for a transformer model such as FLUX or SD 3",
              ONLY_SD1,
              Optional.of(ModelFamily.UNKNOWN)),
          new Sign(
              Kind.EMBEDDING,
              name -> name.equals("emb_params") || name.startsWith("string_to_param"),
              "is a textual inversion embedding",
              NOT_CHECKPOINT),
          new Sign(
              Kind.CONTROLNET,
              name ->
                  name.startsWith("control_model.")
                      || name.startsWith("controlnet_")
                      || name.startsWith("input_hint_block."),
              "is a ControlNet",
              NOT_CHECKPOINT),
          new Sign(
              Kind.T2I_ADAPTER,
              name -> name.matches("(adapter\\.)?body\\.\\d+\\.(in_conv|resnets|block1)\\..*"),
              "is a T2I-Adapter",
              NOT_CHECKPOINT),
          new Sign(
              Kind.TAESD,
              name ->
                  name.matches("((taesd_)?(de|en)coder\\.)?(layers\\.)?\\d+\\.conv\\.0\\.weight"),
              "is a TAESD, which decodes or encodes previews",
              NOT_CHECKPOINT),
          new Sign(
              Kind.UPSCALER,
              name ->
                  name.matches("(.*\\.)?(RDB|rdb)1\\.conv1\\..*")
                      || name.equals("conv_first.weight")
                      || name.equals("params_ema.conv_first.weight"),
              "is an upscaler of the ESRGAN family",
              NOT_CHECKPOINT));

  private static final Map<String, String> NETWORKS =
      new TreeMap<>(
          Map.of("U-Net", LdmNames.UNET, "VAE", LdmNames.VAE, "text encoder", LdmNames.CLIP));

  /** What is known by all of several names. */
  private static final List<Parts> PARTS =
      List.of(
          new Parts(
              Kind.VAE,
              List.of("decoder.conv_in.weight", "encoder.conv_in.weight"),
              "is a VAE alone, which this version reads only as a part of a checkpoint"),
          new Parts(
              Kind.TEXT_ENCODER,
              List.of("text_model.embeddings.token_embedding.weight"),
              "is a text encoder alone, which this version reads only as a part of a checkpoint"),
          new Parts(
              Kind.UNET,
              List.of("conv_in.weight", "time_embedding.linear_1.weight"),
              "is a U-Net alone, which this version reads only as a part of a checkpoint"));

  private FileKind() {}

  /**
   * What a file is, as far as its names give it away. An SD 1.x checkpoint, whole or in parts, is
   * one by the beginnings of its names.
   *
   * @throws dev.sdlora.api.TensorFileException if it is damaged or no tensor file
   */
  public static Optional<FileDescription> recognise(Path path) {
    Set<String> names = TensorFile.open(path).tensors().keySet();
    for (Sign sign : OTHERS) {
      if (names.stream().anyMatch(sign.of)) {
        String unfit = sign.unfit.equals(ONLY_SD1) ? ONLY_SD1 : "";
        return Optional.of(new FileDescription(sign.kind, sign.is + unfit, false));
      }
    }
    for (Parts parts : PARTS) {
      if (names.containsAll(parts.names)) {
        return Optional.of(new FileDescription(parts.kind, parts.is, false));
      }
    }
    List<String> lacking =
        NETWORKS.entrySet().stream()
            .filter(network -> !has(names, network.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    return lacking.size() == NETWORKS.size()
        ? Optional.empty()
        : Optional.of(
            new FileDescription(
                Kind.CHECKPOINT,
                "is an SD 1.x checkpoint"
                    + (lacking.isEmpty() ? "" : " without " + String.join(" and ", lacking)),
                true));
  }

  /**
   * Makes sure that a file has all three networks of an SD 1.x checkpoint.
   *
   * @throws CheckpointException if not; the message says what the file seems to be
   */
  static void requireSd1(TensorFile file) {
    Set<String> names = file.tensors().keySet();
    for (Sign sign : OTHERS) {
      if (names.stream().anyMatch(sign.of)) {
        throw new CheckpointException(
            "'" + file.path() + "' " + sign.is + sign.unfit, sign.details(file));
      }
    }
    boolean unet = has(names, LdmNames.UNET);
    boolean vae = has(names, LdmNames.VAE);
    boolean clip = has(names, LdmNames.CLIP);
    if (!unet && !vae && !clip) {
      throw new CheckpointException(
          "'%s' is not a Stable Diffusion checkpoint: none of its %s tensors begins with '%s'; the"
                  .formatted(file.path(), names.size(), LdmNames.UNET)
              + " first is "
              + names.stream().findFirst().map(name -> "'" + name + "'").orElse("missing"),
          ErrorDetails.in(file.path()));
    }
    require(file, unet, "U-Net", LdmNames.UNET);
    require(file, vae, "VAE", LdmNames.VAE);
    require(file, clip, "text encoder", LdmNames.CLIP);
  }

  private static boolean has(Set<String> names, String prefix) {
    return names.stream().anyMatch(name -> name.startsWith(prefix));
  }

  private static void require(TensorFile file, boolean present, String network, String prefix) {
    if (!present) {
      throw new CheckpointException(
          "checkpoint '%s' has no %s: no tensor begins with '%s'"
              .formatted(file.path(), network, prefix),
          ErrorDetails.in(file.path()));
    }
  }

  /**
   * A name that gives a file away.
   *
   * @param is the sentence about the file
   * @param unfit what is added where a checkpoint was wanted
   * @param family of a checkpoint for other models
   */
  private record Sign(
      Kind kind, Predicate<String> of, String is, String unfit, Optional<ModelFamily> family) {
    Sign(Kind kind, Predicate<String> of, String is, String unfit) {
      this(kind, of, is, unfit, Optional.empty());
    }

    ErrorDetails details(TensorFile file) {
      ErrorDetails details = ErrorDetails.in(file.path());
      return family.map(found -> details.withFamilies(ModelFamily.SD1, found)).orElse(details);
    }
  }

  private record Parts(Kind kind, List<String> names, String is) {}
}
