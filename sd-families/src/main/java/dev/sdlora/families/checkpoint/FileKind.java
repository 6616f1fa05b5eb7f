package dev.sdlora.families.checkpoint;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.model.FileDescription;
import dev.sdlora.api.model.FileDescription.Kind;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.value.Labels;
import dev.sdlora.families.Families;
import dev.sdlora.families.KnownModels;
import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.families.checkpoint.stored.TensorHeaders;
import dev.sdlora.families.checkpoint.transformer.KnownModel;
import dev.sdlora.families.checkpoint.transformer.TextEncoderKind;
import dev.sdlora.families.family.FlowDefinition;
import dev.sdlora.families.sd.SingleFileFamily;
import dev.sdlora.tensors.file.TensorFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Recognises the kind of a file by its tensor names. */
public final class FileKind {
  private static final String NOT_CHECKPOINT = ", not a checkpoint";

  /** Tensor names that identify other kinds of files; the first match counts. */
  private static final List<Sign> OTHERS =
      List.of(
          new Sign(
              Kind.LORA,
              matches("(unet|text_encoder):\\d+:(up|down)")
                  .or(
                      name ->
                          name.contains("lora_down")
                              || name.contains("lora_A.")
                              || name.contains(".lora.down.")
                              || name.contains("_lora.down.")
                              || name.contains(".hada_w1")
                              || name.contains(".lokr_w")),
              "is a LoRA",
              NOT_CHECKPOINT
                  + "; name it in the prompt as <lora:name:1> or open it with LoraAdapter.open"),
          new Sign(
              Kind.LORA,
              name -> name.endsWith(".diff") || name.endsWith(".diff_b"),
              "holds only differences from the weights of a model (tensors named *.diff)",
              NOT_CHECKPOINT + "; if it is a LoRA, name it in the prompt as <lora:name:1>"),
          new Sign(
              Kind.EMBEDDING,
              name -> name.equals("emb_params") || name.startsWith("string_to_param"),
              "is a textual inversion embedding",
              NOT_CHECKPOINT),
          new Sign(
              Kind.CONTROLNET,
              name -> name.equals("lora_controlnet"),
              "is a Control-LoRA, the changes that turn a U-Net into a ControlNet",
              NOT_CHECKPOINT),
          new Sign(
              Kind.CONTROLNET,
              matches("(control_model\\.)?(task_embedding|control_add_embedding\\..*)"),
              "is a ControlNet Union, one network for several types of control images",
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
              matches("(adapter\\.)?body\\.\\d+\\.(in_conv|resnets|block1)\\..*"),
              "is a T2I-Adapter",
              NOT_CHECKPOINT),
          new Sign(
              Kind.IP_ADAPTER,
              name -> name.startsWith("ip_adapter.") || name.startsWith("image_proj."),
              "is an IP-Adapter",
              NOT_CHECKPOINT + "; use it in an image prompt"),
          new Sign(
              Kind.TAESD,
              matches("((taesd_)?(de|en)coder\\.)?(layers\\.)?\\d+\\.conv\\.0\\.weight"),
              "is a TAESD, which decodes or encodes previews",
              NOT_CHECKPOINT),
          new Sign(
              Kind.UPSCALER,
              matches("(.*\\.)?(RDB|rdb)1\\.conv1\\..*")
                  .or(matches("(params(_ema)?\\.)?body\\.\\d+\\.weight"))
                  .or(matches("(params_ema\\.)?conv_first\\.weight")),
              "is an upscaler of the ESRGAN family",
              NOT_CHECKPOINT));

  /** Kinds that are recognised only if all of several names are present. */
  private static final List<Parts> PARTS =
      List.of(
          new Parts(
              Kind.VAE,
              List.of("decoder.conv_in.weight", "encoder.conv_in.weight"),
              "is a VAE alone, to be used with a checkpoint"),
          new Parts(
              Kind.TEXT_ENCODER,
              List.of("text_model.embeddings.token_embedding.weight"),
              "is a text encoder alone, to be used with a checkpoint"),
          new Parts(
              Kind.TEXT_ENCODER,
              List.of("model.embed_tokens.weight", "model.layers.0.self_attn.q_norm.weight"),
              encoderAlone("Qwen3", TextEncoderKind.QWEN3)),
          new Parts(
              Kind.TEXT_ENCODER,
              List.of("encoder.block.0.layer.0.SelfAttention.q.weight"),
              encoderAlone("T5", TextEncoderKind.T5)));

  private FileKind() {}

  private static String encoderAlone(String name, TextEncoderKind kind) {
    List<ModelFamily> readers =
        Families.ALL.stream()
            .filter(family -> family.textEncoders().contains(kind))
            .map(FlowDefinition::family)
            .toList();
    return "is the text encoder %s alone, to be used with %s"
        .formatted(name, Labels.list(readers, ModelFamily::label, "or"));
  }

  /** Compiles an expression once, because a large file has thousands of names to match. */
  private static Predicate<String> matches(String expression) {
    return Pattern.compile(expression).asMatchPredicate();
  }

  /**
   * Returns the kind of a file, judged by its tensor names. A complete or partial checkpoint is
   * recognised by the prefixes of the names.
   *
   * @throws dev.sdlora.api.error.TensorFileException if it is damaged or is not a tensor file
   */
  public static Optional<FileDescription> recognise(Path path) {
    TensorFile file = TensorHeaders.open(path);
    Set<String> names = file.tensors().keySet();
    for (Sign sign : OTHERS) {
      if (names.stream().anyMatch(sign.of)) {
        return Optional.of(new FileDescription(sign.kind, sign.is, false));
      }
    }
    Optional<KnownModel> other = KnownModels.find(file.tensors());
    if (other.isPresent()) {
      return other.map(FileKind::transformer);
    }
    for (Parts parts : PARTS) {
      if (names.containsAll(parts.names)) {
        return Optional.of(new FileDescription(parts.kind, parts.is, false));
      }
    }
    if (SeparateNetworks.isUNet(names)) {
      return Optional.of(new FileDescription(Kind.UNET, unetAlone(file), false));
    }
    Optional<SingleFileFamily> family = SingleFileFamily.of(names);
    List<String> lacking = new ArrayList<>();
    if (!has(names, LdmNames.UNET)) {
      lacking.add("U-Net");
    }
    if (!has(names, LdmNames.VAE)) {
      lacking.add("VAE");
    }
    if (family.isEmpty()) {
      lacking.add("text encoder");
    }
    family.stream()
        .flatMap(found -> found.encoders().stream())
        .filter(place -> !has(names, place.prefix()))
        .forEach(place -> lacking.add("text encoder '" + place.prefix() + "…'"));
    boolean nothing = !has(names, LdmNames.UNET) && !has(names, LdmNames.VAE) && family.isEmpty();
    return nothing
        ? Optional.empty()
        : Optional.of(
            new FileDescription(
                Kind.CHECKPOINT,
                family
                        .map(found -> "is an " + found.family().label() + " checkpoint")
                        .orElse("is a Stable Diffusion checkpoint")
                    + (lacking.isEmpty() ? "" : " without " + String.join(" and ", lacking)),
                true));
  }

  private static FileDescription transformer(KnownModel known) {
    return known.family().isPresent()
        ? new FileDescription(Kind.CHECKPOINT, "is a checkpoint of " + known.name(), true)
        : new FileDescription(Kind.CHECKPOINT, "is " + known.name() + ": not supported", false);
  }

  private static String unetAlone(TensorFile file) {
    TensorFile unet = SeparateNetworks.unet(file);
    SingleFileFamily family =
        SingleFileFamily.ofUNet(unet, SeparateNetworks.hasDiffusersUNet(unet.tensors().keySet()));
    return "is a U-Net alone, of %s: a checkpoint when combined with VAE and %s"
        .formatted(
            family.family().label(),
            family.encoders().size() > 1 ? "both text encoders" : "text encoder");
  }

  /**
   * Rejects a file that is known to be something other than a checkpoint.
   *
   * @throws CheckpointException if it is; the message says what the file seems to be
   */
  static void refuseOthers(TensorFile file) {
    Set<String> names = file.tensors().keySet();
    for (Sign sign : OTHERS) {
      if (names.stream().anyMatch(sign.of)) {
        throw new CheckpointException(
            "'" + file.path() + "' " + sign.is + sign.unfit, ErrorDetails.in(file.path()));
      }
    }
    KnownModels.find(file.tensors())
        .ifPresent(
            other -> {
              throw notSupported(file.path(), other.name());
            });
  }

  /** Creates the error for a model of an unsupported family. */
  static CheckpointException notSupported(Path path, String family) {
    return new CheckpointException(
        "'%s' is %s, which is not supported; this version runs %s checkpoints"
            .formatted(
                path, family, Labels.list(ModelFamily.supported(), ModelFamily::label, "and")),
        ErrorDetails.in(path).withUnknownFamily());
  }

  private static boolean has(Set<String> names, String prefix) {
    return names.stream().anyMatch(name -> name.startsWith(prefix));
  }

  /**
   * A tensor name that identifies a kind of file.
   *
   * @param is the description of the file
   * @param unfit the text appended if a checkpoint was expected
   */
  private record Sign(Kind kind, Predicate<String> of, String is, String unfit) {}

  private record Parts(Kind kind, List<String> names, String is) {}
}
