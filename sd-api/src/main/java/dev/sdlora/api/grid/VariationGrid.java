package dev.sdlora.api.grid;

import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.ResourceException;
import dev.sdlora.api.error.ResourceException.Resource;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.value.Bytes;
import dev.sdlora.api.value.RandomSeed;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Images of one request with one or two settings varied, arranged in a labelled grid: A1111's X/Y/Z
 * plot. Immutable and thread-safe.
 *
 * <pre>{@code
 * GeneratedImage grid =
 *     VariationGrid.of(spec, Axis.loraStrengths("ink", 0, 0.5, 1), Axis.seeds(1, 2, 3)).draw(pipeline);
 * grid.save(Path.of("grid.png"));
 * }</pre>
 */
public final class VariationGrid {
  /**
   * Heap bytes per pixel: in the cell, on the sheet, and while the sheet is converted to an image.
   */
  private static final double BYTES_OF_PIXEL = 22;

  private final PromptSpec spec;
  private final Axis columns;
  private final Optional<Axis> rows;

  private VariationGrid(PromptSpec spec, Axis columns, Optional<Axis> rows) {
    this.spec = spec;
    this.columns = columns;
    this.rows = rows;
    // Settings that cannot be combined are reported before the first image is generated.
    for (int row = 0; row < rows(); row++) {
      for (int column = 0; column < columns.labels().size(); column++) {
        cell(spec, column, row);
      }
    }
  }

  /**
   * Creates a grid of one row.
   *
   * @param spec the request to vary; only its first image is generated, and a random seed is chosen
   *     once for the whole grid
   * @param columns the setting that varies from left to right
   * @return the grid; nothing is generated yet
   * @throws IllegalArgumentException if a value is invalid, or settings cannot be combined
   */
  public static VariationGrid of(PromptSpec spec, Axis columns) {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(columns, "columns");
    return new VariationGrid(spec, columns, Optional.empty());
  }

  /**
   * Creates a grid of rows and columns.
   *
   * @param spec the request to vary; see {@link #of(PromptSpec, Axis)}
   * @param columns the setting that varies from left to right
   * @param rows the setting that varies from top to bottom
   * @return the grid; nothing is generated yet
   * @throws IllegalArgumentException if a value is invalid, or settings cannot be combined
   */
  public static VariationGrid of(PromptSpec spec, Axis columns, Axis rows) {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(columns, "columns");
    return new VariationGrid(spec, columns, Optional.of(Objects.requireNonNull(rows, "rows")));
  }

  /** {@return the number of images in the grid} */
  public int cells() {
    return columns.labels().size() * rows();
  }

  /**
   * Generates all images without a listener; see {@link #draw(Pipeline, GenerationListener)}, also
   * for exceptions.
   *
   * @param pipeline the pipeline that generates the images
   * @return the grid as an image
   */
  public GeneratedImage draw(Pipeline pipeline) {
    return draw(pipeline, GenerationListener.NONE);
  }

  /**
   * Generates all images one after another, row by row. Interrupting the thread stops the work
   * within one step. If an image fails or is cancelled, the grid ends with the exception of that
   * request.
   *
   * @param pipeline the pipeline that generates the images
   * @param listener receives the events of each image as a generation of its own
   * @return the grid as an image; its settings are those of the first image plus the varied values
   * @throws ResourceException after the first image, if the grid would be too large for one image
   *     or for the heap
   */
  public GeneratedImage draw(Pipeline pipeline, GenerationListener listener) {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(listener, "listener");
    PromptSpec base = spec.toBuilder().seed(RandomSeed.orDraw(spec.seed())).images(1).build();
    Sheet sheet = new Sheet(corner(), columns.labels());
    GeneratedImage first = null;
    for (int row = 0; row < rows(); row++) {
      List<BufferedImage> images = new ArrayList<>();
      for (int column = 0; column < columns.labels().size(); column++) {
        GeneratedImage image = pipeline.generate(cell(base, column, row), listener).first();
        if (first == null) {
          requireRoom(image);
          first = image;
        }
        images.add(image.toBufferedImage());
      }
      sheet.row(rows.isPresent() ? rows.get().labels().get(row) : "", images);
    }
    Objects.requireNonNull(first, "axes have values");
    return new GeneratedImage(Image.of(sheet.draw()), first.seed(), first.infotext() + script());
  }

  /** Checks the size of the grid after the first image, whose size was unknown before. */
  private void requireRoom(GeneratedImage image) {
    double pixels = (double) image.width() * image.height() * cells();
    double bytes = BYTES_OF_PIXEL * pixels;
    double heap = Runtime.getRuntime().maxMemory();
    if (pixels > Image.MAX_PIXELS || bytes > heap) {
      throw new ResourceException(
          pixels > Image.MAX_PIXELS ? Resource.PIXELS : Resource.MEMORY,
          "a grid of %s images of %sx%s pixels needs about %s of Java heap, but the limit is %s"
              .formatted(
                  cells(), image.width(), image.height(), Bytes.text(bytes), Bytes.text(heap)),
          (long) (pixels > Image.MAX_PIXELS ? pixels : bytes),
          pixels > Image.MAX_PIXELS ? Image.MAX_PIXELS : (long) heap);
    }
  }

  private PromptSpec cell(PromptSpec spec, int column, int row) {
    PromptSpec.Builder builder = spec.toBuilder();
    columns.apply(column, builder);
    rows.ifPresent(axis -> axis.apply(row, builder));
    return builder.build();
  }

  private int rows() {
    return rows.map(axis -> axis.labels().size()).orElse(1);
  }

  private String corner() {
    return rows.map(axis -> columns.name() + " →\n" + axis.name() + " ↓").orElse(columns.name());
  }

  /** Returns the varied settings in A1111's format. */
  private String script() {
    String text = ", Script: X/Y/Z plot" + axis("X", columns);
    return text + rows.map(axis -> axis("Y", axis)).orElse("");
  }

  private static String axis(String letter, Axis axis) {
    String values = axis.list().replace("\\", "\\\\").replace("\"", "\\\"");
    return ", %s Type: %s, %s Values: \"%s\"".formatted(letter, axis.name(), letter, values);
  }
}
