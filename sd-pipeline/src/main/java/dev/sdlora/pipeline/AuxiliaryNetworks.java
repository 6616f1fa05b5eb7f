package dev.sdlora.pipeline;

import dev.sdlora.api.Backend.Settings;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.control.ControlNets;
import dev.sdlora.pipeline.preview.LatentToRgb;
import dev.sdlora.pipeline.preview.Previewer;
import dev.sdlora.pipeline.preview.TinyPreview;
import dev.sdlora.pipeline.upscale.UpscalerFolders;
import dev.sdlora.tensors.torch.Closing;
import java.util.Optional;

/** The networks of a pipeline that are not of its checkpoint: for control, previews, upscaling. */
final class AuxiliaryNetworks implements AutoCloseable {
  private final UpscalerFolders upscalers;
  private final ControlNets controlNets;
  private final Optional<TinyPreview> tinyPreview;
  private final Previewer previewer;

  private AuxiliaryNetworks(
      UpscalerFolders upscalers,
      ControlNets controlNets,
      Optional<TinyPreview> tinyPreview,
      Previewer fallback) {
    this.upscalers = upscalers;
    this.controlNets = controlNets;
    this.tinyPreview = tinyPreview;
    this.previewer = tinyPreview.<Previewer>map(tiny -> tiny).orElse(fallback);
  }

  /** Reads networks into the native memory of those of the checkpoint, which owns them. */
  static AuxiliaryNetworks load(
      Settings settings, UpscalerFolders upscalers, ModelFiles files, Networks networks) {
    ControlNets controlNets =
        new ControlNets(
            settings.controlNets(),
            networks.torch(),
            files.checkpoint(),
            files.unet().config(),
            networks.type());
    try {
      Optional<TinyPreview> preview =
          settings
              .previewDecoder()
              .map(
                  file ->
                      new TinyPreview(
                          file,
                          networks.vae().config().latentChannels(),
                          networks.torch(),
                          networks.loader()));
      return new AuxiliaryNetworks(
          upscalers, controlNets, preview, LatentToRgb.of(files.checkpoint().family()));
    } catch (RuntimeException | Error e) {
      controlNets.close();
      throw e;
    }
  }

  ControlNets controlNets() {
    return controlNets;
  }

  UpscalerFolders upscalers() {
    return upscalers;
  }

  Previewer previewer() {
    return previewer;
  }

  @Override
  public void close() {
    Closing.all(() -> tinyPreview.ifPresent(TinyPreview::close), controlNets::close);
  }
}
