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
 * Images of one request with some settings varied, side by side under labels: A1111's X/Y/Z plot.
 * Immutable; safe for several threads.
 *
 * <pre>{@code
 * GeneratedImage grid =
 *     VariationGrid.of(spec, Axis.loraStrengths("ink", 0, 0.5, 1), Axis.seeds(1, 2, 3)).draw(pipeline);
 * grid.save(Path.of("grid.png"));
 * }</pre>
 */
public final class VariationGrid {
  /** Of the heap, for each pixel: in its cell, on the sheet, and while that becomes an image. */
  private static final double BYTES_OF_PIXEL = 22;

  /** The one row of a grid in which only columns differ. */
  private static final List<Axis.Value> ONE_ROW = List.of(new Axis.Value("", spec -> {}));

  private final PromptSpec spec;
  private final Axis columns;
  private final Optional<Axis> rows;

  private VariationGrid(PromptSpec spec, Axis columns, Optional<Axis> rows) {
    this.spec = spec;
    this.columns = columns;
    this.rows = rows;
    // What does not go together is found before the first image is drawn.
    for (Axis.Value row : rows()) {
      for (Axis.Value column : columns.values()) {
        cell(spec, column, row);
      }
    }
  }

  /**
   * Makes a grid of one row.
   *
   * @param spec what is not varied; of several images only the first is made, and a random seed is
   *     drawn once for all
   * @param columns what differs from left to right
   * @return the grid, of which nothing is drawn yet
   * @throws IllegalArgumentException if a value cannot be set, or settings do not go together
   */
  public static VariationGrid of(PromptSpec spec, Axis columns) {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(columns, "columns");
    return new VariationGrid(spec, columns, Optional.empty());
  }

  /**
   * Makes a grid of rows and columns.
   *
   * @param spec see {@link #of(PromptSpec, Axis)}
   * @param columns what differs from left to right
   * @param rows what differs from row to row
   * @return the grid, of which nothing is drawn yet
   * @throws IllegalArgumentException if a value cannot be set, or settings do not go together
   */
  public static VariationGrid of(PromptSpec spec, Axis columns, Axis rows) {
    Objects.requireNonNull(spec, "spec");
    Objects.requireNonNull(columns, "columns");
    return new VariationGrid(spec, columns, Optional.of(Objects.requireNonNull(rows, "rows")));
  }

  /** {@return how many images are drawn} */
  public int cells() {
    return columns.values().size() * rows().size();
  }

  /**
   * Draws all images, watched by nobody; see {@link #draw(Pipeline, GenerationListener)}, also for
   * what it throws.
   *
   * @param pipeline what draws them
   * @return the sheet
   */
  public GeneratedImage draw(Pipeline pipeline) {
    return draw(pipeline, GenerationListener.NONE);
  }

  /**
   * Draws all images, one after another, row by row. Interrupting the thread ends it within a step.
   * A failure or a cancel of one image ends the grid with the exception of that request.
   *
   * @param pipeline what draws them
   * @param listener sees each image as a generation of its own
   * @return the sheet; its settings are those of the first image and which ones were varied
   * @throws ResourceException after the first image, if there is no room for a sheet of them all
   */
  public GeneratedImage draw(Pipeline pipeline, GenerationListener listener) {
    Objects.requireNonNull(pipeline, "pipeline");
    Objects.requireNonNull(listener, "listener");
    PromptSpec base = spec.toBuilder().seed(RandomSeed.orDraw(spec.seed())).images(1).build();
    Sheet sheet = new Sheet(corner(), columns.values().stream().map(Axis.Value::label).toList());
    GeneratedImage first = null;
    for (Axis.Value row : rows()) {
      List<BufferedImage> pictures = new ArrayList<>();
      for (Axis.Value column : columns.values()) {
        GeneratedImage image = pipeline.generate(cell(base, column, row), listener).first();
        if (first == null) {
          requireRoom(image);
          first = image;
        }
        pictures.add(image.toBufferedImage());
      }
      sheet.row(row.label(), pictures);
    }
    Objects.requireNonNull(first, "axes have values");
    return new GeneratedImage(Image.of(sheet.draw()), first.seed(), first.infotext() + script());
  }

  /** How large images come out shows with the first; only the sheet needs them all at once. */
  private void requireRoom(GeneratedImage picture) {
    double pixels = (double) picture.width() * picture.height() * cells();
    double bytes = BYTES_OF_PIXEL * pixels;
    double heap = Runtime.getRuntime().maxMemory();
    if (pixels > Image.MAX_PIXELS || bytes > heap) {
      throw new ResourceException(
          pixels > Image.MAX_PIXELS ? Resource.PIXELS : Resource.MEMORY,
          "a sheet of %s pictures of %sx%s would need about %s of Java's heap, but it has at most %s"
              .formatted(
                  cells(), picture.width(), picture.height(), Bytes.text(bytes), Bytes.text(heap)),
          (long) (pixels > Image.MAX_PIXELS ? pixels : bytes),
          pixels > Image.MAX_PIXELS ? Image.MAX_PIXELS : (long) heap);
    }
  }

  private static PromptSpec cell(PromptSpec spec, Axis.Value column, Axis.Value row) {
    PromptSpec.Builder builder = spec.toBuilder();
    column.change().apply(builder);
    row.change().apply(builder);
    return builder.build();
  }

  private List<Axis.Value> rows() {
    return rows.map(Axis::values).orElse(ONE_ROW);
  }

  private String corner() {
    return rows.map(axis -> columns.name() + " →\n" + axis.name() + " ↓").orElse(columns.name());
  }

  /** Written as A1111 writes it. */
  private String script() {
    String text = ", Script: X/Y/Z plot" + axis("X", columns);
    return text + rows.map(axis -> axis("Y", axis)).orElse("");
  }

  private static String axis(String letter, Axis axis) {
    String values = axis.list().replace("\\", "\\\\").replace("\"", "\\\"");
    return ", %s Type: %s, %s Values: \"%s\"".formatted(letter, axis.name(), letter, values);
  }
}
