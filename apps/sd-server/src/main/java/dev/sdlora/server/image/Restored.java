package dev.sdlora.server.image;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.api.Recovery.Kind;
import dev.sdlora.api.error.ImageSettingsException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.MaskedContent;
import dev.sdlora.request.context.RequestContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The settings of an image, adapted to what this server can reproduce. */
final class Restored {
  /** Values that A1111 writes if the checkpoint's own VAE is used. */
  private static final Set<String> NO_VAE = Set.of("", "none", "None", "Automatic", "Baked VAE");

  private static final List<String> OF_A_MASK =
      List.of("Mask mode", "Mask blur", "Inpaint area", "Masked area padding", "Masked content");

  private final RequestContext requestContext;
  private final Recovery recovery;
  private final Map<String, String> otherParameters;

  /**
   * Searches the server for the files that an image was made with.
   *
   * @throws ImageSettingsException if the text contains no settings
   */
  Restored(String parameters, RequestContext requestContext) {
    PromptSpec spec = spec(parameters);
    Recovery.Search search =
        Recovery.of(spec)
            .loras(requestContext.pipeline().loras())
            .embeddings(requestContext.pipeline().embeddings());
    Path checkpoint = requestContext.pipeline().checkpoint().path();
    if (Files.isRegularFile(checkpoint)) { // Folders have no hash that could be compared.
      search.checkpoints(checkpoint);
    }
    this.requestContext = requestContext;
    this.recovery = search.find();
    this.otherParameters = spec.otherParameters();
  }

  private static PromptSpec spec(String parameters) {
    try {
      return PromptSpec.fromInfotext(parameters);
    } catch (IllegalArgumentException e) {
      throw new ImageSettingsException(String.valueOf(e.getMessage()));
    }
  }

  /** Returns the settings with the local names of LoRAs and embeddings. */
  PromptSpec spec() {
    return recovery.spec();
  }

  /**
   * Adds the settings of a start image, a mask and control images, which the text does not contain;
   * they take effect once the user adds images. Invalid values are skipped.
   */
  void addWithoutImages(ObjectNode fields) {
    ArrayNode units = ControlSettings.units(otherParameters, requestContext.controlNets().keySet());
    if (!units.isEmpty()) {
      fields.putObject("alwayson_scripts").putObject("controlnet").set("args", units);
    }
    Image any = Image.of(1, 1, new byte[3]);
    try {
      ImageToImage start = ImageToImage.builder(any).parameters(otherParameters).build();
      if (otherParameters.containsKey("Denoising strength") && spec().hiresFix().isEmpty()) {
        fields.put("denoising_strength", start.denoisingStrength());
      }
      if (start.noiseMultiplier() != 1) {
        fields.put("initial_noise_multiplier", start.noiseMultiplier());
      }
      if (isMasked()) {
        Inpainting mask = Inpainting.builder(any).parameters(otherParameters).build();
        fields.put("mask_blur", mask.maskBlur());
        fields.put(
            "inpainting_fill", List.of(MaskedContent.values()).indexOf(mask.maskedContent()));
        fields.put("inpaint_full_res", mask.onlyMasked() ? 1 : 0);
        fields.put("inpaint_full_res_padding", mask.padding());
        fields.put("inpainting_mask_invert", mask.inverted() ? 1 : 0);
      }
    } catch (IllegalArgumentException e) {
      return; // The text has invalid values.
    }
  }

  private boolean isMasked() {
    return OF_A_MASK.stream().anyMatch(otherParameters::containsKey);
  }

  /** Returns the LoRAs and embeddings that are missing. */
  List<Recovery.Item> missing() {
    return recovery.missing().stream()
        .filter(file -> file.kind() == Kind.LORA || file.kind() == Kind.EMBEDDING)
        .map(
            file ->
                new Recovery.Item(
                    file.kind(),
                    file.name(),
                    file.hash(),
                    Optional.empty(),
                    named(file.namesake())))
        .toList();
  }

  /** Removes the folder, which clients must not see. */
  private static Optional<Path> named(Optional<Path> file) {
    return file.map(Path::getFileName);
  }

  /** Returns notes about files that have another name here than in the image. */
  List<String> renamed() {
    return recovery.found().stream()
        .filter(file -> file.kind() == Kind.LORA || file.kind() == Kind.EMBEDDING)
        .filter(Recovery.Item::renamed)
        .map(
            file ->
                "%s '%s' is called '%s' here"
                    .formatted(
                        file.kind().label(),
                        file.name(),
                        RequestContext.stem(
                            file.file().map(path -> "" + path.getFileName()).orElse(""))))
        .toList();
  }

  /** Returns the reasons why the image cannot be reproduced exactly. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    checkpoint().ifPresent(warnings::add);
    vae().ifPresent(warnings::add);
    boolean masked = isMasked();
    if (masked
        || (otherParameters.containsKey("Denoising strength") && spec().hiresFix().isEmpty())) {
      warnings.add(
          "the image was made with img2img; the metadata does not contain its start image%s, so it will be drawn from noise"
              .formatted(masked ? " and mask" : ""));
    }
    if (otherParameters.containsKey("ControlNet 0")) {
      warnings.add(
          "the image was made with a ControlNet; the metadata does not contain its control image: "
              + otherParameters.get("ControlNet 0"));
    }
    return warnings;
  }

  private Optional<String> checkpoint() {
    Checkpoint own = requestContext.pipeline().checkpoint();
    Optional<String> name = Optional.ofNullable(otherParameters.get("Model"));
    boolean other =
        Files.isRegularFile(own.path())
            ? recovery.missing().stream().anyMatch(file -> file.kind() == Kind.CHECKPOINT)
            : name.filter(model -> !RequestContext.stem(model).equalsIgnoreCase(own.name()))
                .isPresent();
    String hash =
        Optional.ofNullable(otherParameters.get("Model hash"))
            .map(" (hash %s)"::formatted)
            .orElse("");
    return other
        ? Optional.of(
            "the image was made with the checkpoint '%s'%s; this server uses '%s'"
                .formatted(name.orElse("?"), hash, own.name()))
        : Optional.empty();
  }

  private Optional<String> vae() {
    String wanted = RequestContext.stem(otherParameters.getOrDefault("VAE", ""));
    Optional<Path> own = requestContext.pipeline().checkpoint().vae();
    String ours =
        own.map(file -> RequestContext.stem(String.valueOf(file.getFileName()))).orElse("");
    return NO_VAE.contains(wanted) || wanted.equalsIgnoreCase(ours)
        ? Optional.empty()
        : Optional.of(
            "the image was made with the VAE '%s'; this server uses %s"
                .formatted(wanted, ours.isEmpty() ? "the checkpoint's own" : "'" + ours + "'"));
  }
}
