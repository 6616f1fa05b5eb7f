package dev.sdlora.server.image;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.server.job.HeldBytes;
import dev.sdlora.server.job.InterruptibleWork;
import dev.sdlora.server.job.JobProgress;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Upscales an image and appends the upscaling to its settings. */
final class UpscaleWork extends InterruptibleWork {
  private static final int PERCENT = 100;

  private final RequestContext requestContext;
  private final Image image;
  private final Optional<String> parameters;
  private final String upscaler;
  private final Enlargement target;

  UpscaleWork(
      RequestContext requestContext,
      Image image,
      Optional<String> parameters,
      String upscaler,
      Enlargement target) {
    super("sd-server-upscale");
    this.requestContext = requestContext;
    this.image = image;
    this.parameters = parameters;
    this.upscaler = upscaler;
    this.target = target;
  }

  @Override
  public String title() {
    return "%s to %sx%s".formatted(upscaler, target.width(), target.height());
  }

  @Override
  public int parts() {
    return 1;
  }

  @Override
  public long heldBytes() {
    return HeldBytes.of(image);
  }

  @Override
  protected Outcome run(JobProgress progress) {
    progress.begun();
    progress.partBegun();
    Image large =
        interruptibly(
            () ->
                target.of(
                    image,
                    upscaler,
                    requestContext,
                    done -> {
                      if (Thread.interrupted()) {
                        throw new CancellationException();
                      }
                      progress.step((int) (PERCENT * done), PERCENT, Optional.empty());
                    }));
    progress.image(new GeneratedImage(large, 0, text()));
    return Outcome.NOTHING;
  }

  /** Returns A1111's text; without preceding settings it would be read as a prompt. */
  private String text() {
    String by =
        String.format(
            Locale.ROOT,
            "%.4g",
            Math.sqrt((double) target.width() * target.height())
                / Math.sqrt((double) image.width() * image.height()));
    return parameters
        .map(
            text ->
                text
                    + ", Postprocess upscale by: %s, Postprocess upscaler: %s"
                        .formatted(by.replaceFirst("\\.?0+$", ""), upscaler))
        .orElse("");
  }
}
