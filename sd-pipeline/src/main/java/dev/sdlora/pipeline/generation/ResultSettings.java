package dev.sdlora.pipeline.generation;

import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.infotext.Infotext;
import dev.sdlora.infotext.key.ImageSettings;
import dev.sdlora.pipeline.model.HeldFormats;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.request.ImageRun;
import dev.sdlora.pipeline.request.RequestPart;
import dev.sdlora.pipeline.request.RequestPlan;
import dev.sdlora.sampler.noise.ImageSeeds;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Collects the settings that an image records in its infotext. */
final class ResultSettings {
  private static final String VERSION = "SD-LoRA for Java 0.1.0";

  private ResultSettings() {}

  /**
   * Returns the settings of an image.
   *
   * @param networks the networks of the request, after drawing
   */
  static ImageSettings of(
      RequestPlan plan, RequestPart part, ImageSeeds seeds, RequestNetworks networks) {
    Model model = plan.model();
    ImageSettings settings =
        new ImageSettings(
                withVariationSeed(part.spec(), seeds),
                plan.size(),
                seeds.seed(),
                model.checkpoint().name(),
                model.hash(),
                networks.hashes(),
                networks.embeddingHashes(),
                VERSION)
            .withHypernetworks(networks.hypernetworkHashes())
            .withMasks();
    for (Map.Entry<String, String> template : part.templates().entrySet()) {
      settings = settings.with(template.getKey(), template.getValue());
    }
    boolean isEditing = model.family().unetConfig().map(UNetConfig::isEditing).orElse(false);
    if (isEditing && plan.source().isPresent()) {
      settings = settings.edited();
    }
    for (Map.Entry<String, String> fact : model.family().facts(part.spec()).entrySet()) {
      settings = settings.with(fact.getKey(), fact.getValue());
    }
    if (networks.isRefined()) {
      settings = settings.with(ImageSettings.REFINER, model.refiner().orElseThrow().title());
    }
    if (model.vaeName().isPresent()) {
      settings = settings.withVae(model.vaeName().get(), model.vaeHash());
    }
    Precision precision = model.networks().precision();
    if (precision != Precision.FLOAT32) {
      settings = settings.with(ImageSettings.PRECISION, precision.name().toLowerCase(Locale.ROOT));
    }
    String device = model.networks().torch().device().replaceFirst("\\d+$", "");
    if (!device.equals("cpu")) {
      settings = settings.with(ImageSettings.DEVICE, device);
    }
    Optional<String> bits = HeldFormats.lowBits(model.networks().denoiser().weights());
    if (bits.isPresent()) {
      settings = settings.with(ImageSettings.LOW_BITS, bits.get());
    }
    boolean overlaid =
        networks.reports().stream().anyMatch(lora -> lora.mode() == LoraMode.OVERLAY);
    return overlaid ? settings.with(ImageSettings.LORA_MODE, LoraMode.OVERLAY.name()) : settings;
  }

  /**
   * Returns the infotext of an image.
   *
   * @param batch the images that were drawn together
   * @param position the index of the image among them
   */
  static String infotext(
      RequestPlan plan,
      RequestPart part,
      List<ImageRun> batch,
      int position,
      RequestNetworks networks) {
    return Infotext.write(
        of(plan, part, batch.get(position).seeds(), networks).inBatch(batch.size(), position));
  }

  private static PromptSpec withVariationSeed(PromptSpec spec, ImageSeeds seeds) {
    Variation variation = spec.variation();
    if (variation.strength() == 0) {
      return spec;
    }
    OptionalLong seed = OptionalLong.of(seeds.variationSeed());
    return spec.toBuilder()
        .variation(new Variation(seed, variation.strength(), variation.resizeFrom()))
        .build();
  }
}
