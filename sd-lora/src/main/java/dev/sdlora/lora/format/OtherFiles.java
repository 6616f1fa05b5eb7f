package dev.sdlora.lora.format;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.value.Labels;
import dev.sdlora.lora.family.LayerName;
import dev.sdlora.lora.family.ModelSigns;
import dev.sdlora.tensors.file.TensorFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Recognises, by tensor names, files that are often mistaken for LoRAs and LoRAs that this library
 * cannot apply.
 */
final class OtherFiles {

  /** Endings of known but unsupported methods. */
  private static final List<Sign> OTHER_METHODS =
      List.of(
          sign("\\.ia3_l", "IA3 in PEFT's layout"),
          sign("\\.oft_[rR]\\b", "OFT in the layout of PEFT or OneTrainer"),
          sign("\\.boft_[RsP]\\b", "BOFT in PEFT's layout"),
          sign("\\.vera_lambda_", "VeRA"),
          sign("\\.lora_embedding_[AB]", "PEFT's LoRA for embedding layers"),
          sign("\\.modules_to_save\\.", "modules saved in full (PEFT's modules_to_save)"),
          sign("\\.(re)?set_weight$|\\.reshape_weight$", "replaced or reshaped weights"),
          sign("\\.bias_(indices|values|size)$", "a sparse remainder (of LyCORIS's extraction)"),
          sign("fourierft_spectrum", "FourierFT"));

  /** The kinds of files without any module. */
  private static final List<Sign> NO_ADAPTERS =
      List.of(
          sign(
              "^(model\\.diffusion_model|first_stage_model|cond_stage_model|conditioner)\\.",
              "is a checkpoint, not a LoRA; open it with Checkpoint.open"),
          sign("^control_model\\.|^controlnet_", "is a ControlNet, not a LoRA"),
          sign(
              "^emb_params$|^string_to_|^clip_[lg]$|^<.*>$",
              "is a textual inversion embedding, not a LoRA"),
          sign("^(320|640|768|1024|1280)\\.[01]\\.", "is a hypernetwork, not a LoRA"),
          sign("^(image_proj|ip_adapter)\\.", "is an IP-Adapter, not a LoRA"),
          sign(
              "^(down_blocks|mid_block)\\.",
              "is the U-Net of a diffusers folder, not a LoRA; open the folder with"
                  + " Checkpoint.open"),
          sign("^text_model\\.", "is a text encoder, not a LoRA"),
          sign("^(en|de)coder\\.", "is a VAE, not a LoRA"));

  private record Sign(Predicate<String> names, String message) {}

  private OtherFiles() {}

  private static Sign sign(String pattern, String message) {
    return new Sign(Pattern.compile(pattern).asPredicate(), message);
  }

  private static boolean isOfControlLora(String name) {
    return name.equals("lora_controlnet") || name.startsWith("lllite_");
  }

  /**
   * Rejects adapters for models that the library does not run.
   *
   * @param family the family that it was trained for; the metadata is checked only if it is unknown
   * @throws LoraException with the model's name
   */
  static void refuseOtherModels(TensorFile file, List<LayerName> layers, ModelFamily family) {
    if (file.tensors().keySet().stream().anyMatch(OtherFiles::isOfControlLora)) {
      throw new LoraException(
          "'"
              + file.path()
              + "' is a ControlNet in the form of a LoRA, which cannot be applied to a model",
          Reason.NOT_A_LORA,
          ErrorDetails.in(file.path()));
    }
    Optional<ModelSigns.Found> found =
        family.isTransformer() ? ModelSigns.findLarger(layers) : ModelSigns.find(layers);
    if (found.isEmpty() && family == ModelFamily.UNKNOWN && !layers.isEmpty()) {
      found = ModelSigns.find(file.metadata());
    }
    found.ifPresent(
        other -> {
          ErrorDetails details = ErrorDetails.in(file.path()).withUnknownFamily();
          throw new LoraException(
              "LoRA '%s' is for %s (%s), expected one for %s"
                  .formatted(
                      file.path(),
                      other.model(),
                      other.sign(),
                      Labels.list(ModelFamily.supported(), ModelFamily::label, "or")),
              Reason.WRONG_FAMILY,
              other.module().map(details::withModule).orElse(details));
        });
  }

  /**
   * Rejects methods that cannot be applied.
   *
   * @param strays tensors that belong to no module
   * @throws LoraException with the method's name
   */
  static void refuseOtherMethods(TensorFile file, List<String> strays) {
    for (Sign sign : OTHER_METHODS) {
      Optional<String> name = strays.stream().filter(sign.names).findFirst();
      if (name.isPresent()) {
        throw new LoraException(
            "LoRA '%s' uses %s (tensor '%s'), which is not supported"
                .formatted(file.path(), sign.message, name.get()),
            Reason.UNSUPPORTED,
            ErrorDetails.in(file.path()).withTensor(name.get()));
      }
    }
  }

  /** Describes a file without any module, as the predicate of a sentence. */
  static String whatElse(Set<String> names) {
    for (Sign sign : NO_ADAPTERS) {
      if (names.stream().anyMatch(sign.names)) {
        return sign.message;
      }
    }
    return "is not a LoRA: none of its "
        + names.size()
        + " tensors has the name of a LoRA tensor; the first is "
        + names.stream().findFirst().map(name -> "'" + name + "'").orElse("missing");
  }
}
