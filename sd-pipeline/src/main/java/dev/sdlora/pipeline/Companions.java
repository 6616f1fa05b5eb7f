package dev.sdlora.pipeline;

import dev.sdlora.api.spi.PipelineProvider.Settings;
import dev.sdlora.pipeline.checkpoint.ModelFiles;
import dev.sdlora.pipeline.preview.LatentToRgb;
import dev.sdlora.pipeline.preview.Previewer;
import dev.sdlora.pipeline.preview.TinyPreview;
import dev.sdlora.pipeline.upscale.UpscalerFolders;
import java.util.Optional;

/** What a pipeline has beside the networks of its checkpoint. */
final class Companions implements AutoCloseable {
  private final UpscalerFolders upscalers;
  private final Optional<TinyPreview> tinyPreview;
  private final Previewer previewer;

  private Companions(
      UpscalerFolders upscalers, Optional<TinyPreview> tinyPreview, Previewer fallback) {
    this.upscalers = upscalers;
    this.tinyPreview = tinyPreview;
    this.previewer = tinyPreview.<Previewer>map(tiny -> tiny).orElse(fallback);
  }

  /** Reads networks into the native memory of those of the checkpoint, which owns them. */
  static Companions load(
      Settings settings, UpscalerFolders upscalers, ModelFiles files, Networks networks) {
    return new Companions(
        upscalers,
        settings
            .previewDecoder()
            .map(file -> new TinyPreview(file, networks.torch(), networks.loader())),
        LatentToRgb.of(files.checkpoint().family()));
  }

  UpscalerFolders upscalers() {
    return upscalers;
  }

  Previewer previewer() {
    return previewer;
  }

  @Override
  public void close() {
    tinyPreview.ifPresent(TinyPreview::close);
  }
}
