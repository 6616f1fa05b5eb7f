package dev.sdlora.pipeline.model;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.Detector;
import dev.sdlora.api.image.FinalDecoder;
import dev.sdlora.api.spi.Backend.Settings;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.control.ControlNets;
import dev.sdlora.pipeline.detail.Detectors;
import dev.sdlora.pipeline.hypernetwork.HypernetworkFolders;
import dev.sdlora.pipeline.imageprompt.ImageAdapters;
import dev.sdlora.pipeline.imageprompt.VisionEncoders;
import dev.sdlora.pipeline.preview.Previewer;
import dev.sdlora.pipeline.preview.Taesd;
import dev.sdlora.pipeline.upscale.UpscalerFolders;
import dev.sdlora.tensors.torch.Closing;
import java.util.Map;
import java.util.Optional;

/**
 * The networks of a pipeline that are not part of its checkpoint: ControlNets, IP-Adapters, preview
 * decoders, upscalers, hypernetworks and detectors.
 */
public final class AuxiliaryNetworks implements AutoCloseable {
  private final UpscalerFolders upscalers;
  private final HypernetworkFolders hypernetworks;
  private final ControlNets controlNets;
  private final ImageAdapters imageAdapters;
  private final Optional<Taesd> taesd;
  private final Detectors detectors;

  private AuxiliaryNetworks(
      UpscalerFolders upscalers,
      HypernetworkFolders hypernetworks,
      ControlNets controlNets,
      ImageAdapters imageAdapters,
      Optional<Taesd> taesd,
      Detectors detectors) {
    this.upscalers = upscalers;
    this.hypernetworks = hypernetworks;
    this.controlNets = controlNets;
    this.imageAdapters = imageAdapters;
    this.taesd = taesd;
    this.detectors = detectors;
  }

  /** Loads networks. Their native memory belongs to the networks of the checkpoint. */
  public static AuxiliaryNetworks load(
      Settings settings, UpscalerFolders upscalers, ModelFiles files, Networks networks) {
    Detectors detectors =
        new Detectors(settings.detectors(), settings.detectorDirectories(), Detector::open);
    ControlNets controlNets =
        new ControlNets(
            settings.controlNets(),
            networks.torch(),
            files.checkpoint(),
            networks.family().unetConfig(),
            files.patchable().getOrDefault(Network.UNET, Map.of()),
            networks.type(),
            settings.preprocessorDirectories());
    ImageAdapters imageAdapters;
    try {
      imageAdapters = imageAdapters(settings, files, networks);
    } catch (RuntimeException | Error e) {
      controlNets.close();
      throw e;
    }
    try {
      Optional<Taesd> taesd =
          settings
              .previewDecoder()
              .map(
                  file ->
                      Taesd.load(
                          file, networks.vae().config(), networks.torch(), networks.loader()));
      return new AuxiliaryNetworks(
          upscalers,
          HypernetworkFolders.open(settings.hypernetworkDirectories()),
          controlNets,
          imageAdapters,
          taesd,
          detectors);
    } catch (RuntimeException | Error e) {
      Closing.all(imageAdapters::close, controlNets::close);
      throw e;
    }
  }

  private static ImageAdapters imageAdapters(
      Settings settings, ModelFiles files, Networks networks) {
    return new ImageAdapters(
        settings.ipAdapters(),
        new VisionEncoders(
            settings.imageEncoders(), networks.torch(), networks.type(), settings.memoryPolicy()),
        networks.torch(),
        files.checkpoint(),
        networks.family().unetConfig(),
        networks.type());
  }

  /** Returns the IP-Adapters. */
  public ImageAdapters imageAdapters() {
    return imageAdapters;
  }

  /** Returns the ControlNets and T2I-Adapters. */
  public ControlNets controlNets() {
    return controlNets;
  }

  /** Returns the upscalers that requests can name. */
  public UpscalerFolders upscalers() {
    return upscalers;
  }

  /** Returns the hypernetworks that prompts can name. */
  public HypernetworkFolders hypernetworks() {
    return hypernetworks;
  }

  /** Returns the detectors that detail passes can name. */
  public Detectors detectors() {
    return detectors;
  }

  /** Returns the decoder of previews that the pipeline was given. */
  Optional<Previewer> previewer() {
    return taesd.map(tiny -> tiny);
  }

  /**
   * Returns the fast decoder of final images.
   *
   * @throws CheckpointException if the pipeline has no TAESD file
   */
  public Taesd taesd() {
    return taesd.orElseThrow(
        () ->
            new CheckpointException(
                "finalDecoder is TAESD, but the pipeline has no TAESD file; set it with"
                    + " Pipeline.Builder.previewDecoder or --preview-decoder",
                ErrorDetails.NONE.withName(FinalDecoder.TAESD.label())));
  }

  @Override
  public void close() {
    Closing.all(
        detectors::close,
        () -> taesd.ifPresent(Taesd::close),
        imageAdapters::close,
        controlNets::close);
  }
}
