package dev.sdlora.cli.report;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.cli.console.ProgressBar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Saves each image as soon as it is finished, without keeping it in memory, and updates the
 * progress bar and the preview.
 */
public final class ImageWriter implements GenerationListener {
  /** A saved image, as reported to the user. */
  public record Saved(Path file, int width, int height, long seed, String parameters) {}

  private final List<Saved> images = new ArrayList<>();
  private final OutputFiles files;
  private final Consumer<Path> saved;
  private final Optional<ProgressBar> progress;
  private final Optional<Path> preview;

  public ImageWriter(
      OutputFiles files,
      Consumer<Path> saved,
      Optional<ProgressBar> progress,
      Optional<Path> preview) {
    this.files = files;
    this.saved = saved;
    this.progress = progress;
    this.preview = preview;
  }

  /** Returns the images saved so far, in order. */
  public List<Saved> images() {
    return List.copyOf(images);
  }

  @Override
  public boolean takesImages() {
    return true;
  }

  @Override
  public void generationStart(PromptSpec spec) {
    progress.ifPresent(bar -> bar.start(spec.images()));
  }

  @Override
  public void stepEnd(Step step, Supplier<Image> latent) {
    progress.ifPresent(bar -> bar.show(step.image(), step.number(), step.total()));
    preview.ifPresent(file -> latent.get().savePng(file));
  }

  @Override
  public void imageEnd(int index, GeneratedImage image) {
    Path file = files.of(index);
    image.save(file);
    images.add(new Saved(file, image.width(), image.height(), image.seed(), image.infotext()));
    progress.ifPresent(bar -> bar.finish(index));
    progress.ifPresent(ProgressBar::clear);
    saved.accept(file);
  }

  @Override
  public void generationFailed(Throwable cause) {
    progress.ifPresent(ProgressBar::clear);
  }
}
