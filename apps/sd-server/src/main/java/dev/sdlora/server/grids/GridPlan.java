package dev.sdlora.server.grids;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.grid.Axis;
import dev.sdlora.api.grid.VariationGrid;
import dev.sdlora.request.Dialect;
import dev.sdlora.request.DrawingReader;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.SpecFiles;
import dev.sdlora.request.SpecJson;
import dev.sdlora.request.StoredRequest;
import dev.sdlora.request.WholeRequest;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.job.shared.Submission;
import dev.sdlora.server.job.store.RequestFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A requested grid, checked against the limits of the server. */
final class GridPlan {
  private static final int MOST_CELLS = 400;

  /** Limit of a sheet's pixels, as a multiple of the limit for one image. */
  private static final int SHEET_PICTURES = 4;

  private final RequestContext requestContext;
  private final PromptSpec spec;
  private final Axis columns;
  private final Optional<Axis> rows;
  private final ObjectNode settings;
  private final List<String> warnings;
  private double work;

  private GridPlan(
      RequestContext requestContext,
      PromptSpec spec,
      Axis columns,
      Optional<Axis> rows,
      ObjectNode settings,
      List<String> warnings) {
    this.requestContext = requestContext;
    this.spec = spec;
    this.columns = columns;
    this.rows = rows;
    this.settings = settings;
    this.warnings = warnings;
  }

  /**
   * Reads a request.
   *
   * @param fields {@code request} as for {@code /api/jobs}, {@code x} and optionally {@code y}
   * @throws Refusal if an axis is invalid or the grid is too large
   */
  static GridPlan read(Fields fields, RequestContext models) {
    Fields request = fields.object("request");
    RequestContext requestContext = models.chosenBy(request);
    DrawingReader reader = new DrawingReader(requestContext);
    PromptSpec spec =
        reader.read(request, Dialect.LIBRARY, Overrides.NONE).toBuilder().images(1).build();
    Axis columns = axis("x", fields, requestContext);
    Optional<Axis> rows = rows(fields, requestContext);
    StoredRequest.requireShort(fields, requestContext.limits().text());
    ObjectNode settings = StoredRequest.of(fields);
    requestContext.name(request.node());
    settings.set("request", StoredRequest.of(request, spec));
    GridPlan plan = new GridPlan(requestContext, spec, columns, rows, settings, fields.warnings());
    plan.requireRoom(reader, requestContext.limits().pixels());
    return plan;
  }

  /** Reads what {@link #whole} returned. */
  static GridPlan stored(Fields fields, RequestFormat format, RequestContext requestContext) {
    PromptSpec spec = Submission.stored(fields.object("request"), requestContext);
    return new GridPlan(
        requestContext,
        spec,
        axis("x", fields, requestContext),
        rows(fields, requestContext),
        fields.node(),
        format.warnings());
  }

  private static Optional<Axis> rows(Fields fields, RequestContext requestContext) {
    return fields.object("y").name("axis").map(name -> axis("y", fields, requestContext));
  }

  private static Axis axis(String field, Fields fields, RequestContext requestContext) {
    Fields axis = fields.object(field);
    String name =
        axis.name("axis")
            .orElseThrow(
                () ->
                    new Refusal(
                        422,
                        "field '%s' must be {axis, values}, such as {\"axis\": \"cfg\", \"values\": \"1-7 [3]\"}"
                            .formatted(field)));
    Optional<String> lora = axis.name("lora");
    String values =
        axis.name("values")
            .orElseThrow(
                () ->
                    new Refusal(
                        422,
                        "the %s axis has no values".formatted(field.toUpperCase(Locale.ROOT))));
    boolean ofLora = name.equalsIgnoreCase("lora");
    if (ofLora && lora.isEmpty()) {
      throw new Refusal(
          422,
          "the %s axis must have a field 'lora', the name of a LoRA"
              .formatted(field.toUpperCase(Locale.ROOT)));
    }
    try {
      String full =
          ofLora ? "lora:" + requestContext.pipeline().loras().find(lora.get()).name() : name;
      return Axis.parse(full + "=" + values);
    } catch (IllegalArgumentException | StableDiffusionException e) {
      throw new Refusal(
          422, "the %s axis: %s".formatted(field.toUpperCase(Locale.ROOT), e.getMessage()));
    }
  }

  private void requireRoom(DrawingReader reader, long maxPixels) {
    int across = columns.labels().size();
    int down = rows.map(axis -> axis.labels().size()).orElse(1);
    long cells = (long) across * down;
    if (cells > MOST_CELLS) {
      throw new Refusal(
          413,
          "the grid has %sx%s images, %s; at most %s are allowed"
              .formatted(across, down, cells, MOST_CELLS));
    }
    double pixels = 0;
    for (int row = 0; row < down; row++) {
      for (int column = 0; column < across; column++) {
        PromptSpec cell = cell(column, row);
        double size = reader.requirePixels(cell);
        pixels += size;
        work += size * cell.steps();
      }
    }
    if (pixels > SHEET_PICTURES * (double) maxPixels) {
      throw new Refusal(
          413,
          "the %s images of the grid have %s pixels in total; at most %s are allowed, %s times the limit of one image"
              .formatted(cells, (long) pixels, SHEET_PICTURES * maxPixels, SHEET_PICTURES));
    }
  }

  private PromptSpec cell(int column, int row) {
    PromptSpec.Builder cell = spec.toBuilder();
    columns.apply(column, cell);
    rows.ifPresent(axis -> axis.apply(row, cell));
    return cell.build();
  }

  /** Returns the context of the request, with the checkpoint that it chose. */
  RequestContext requestContext() {
    return requestContext;
  }

  /** Returns the requests of all cells, row by row. */
  List<PromptSpec> cells() {
    List<PromptSpec> cells = new ArrayList<>();
    for (int row = 0; row < rows.map(axis -> axis.labels().size()).orElse(1); row++) {
      for (int column = 0; column < columns.labels().size(); column++) {
        cells.add(cell(column, row));
      }
    }
    return cells;
  }

  PromptSpec spec() {
    return spec;
  }

  Axis columns() {
    return columns;
  }

  Optional<Axis> rows() {
    return rows;
  }

  /** Returns the fields of the request, so that it can be repeated. */
  ObjectNode settings() {
    return settings;
  }

  /** Returns the axes, and the request with all images. */
  WholeRequest whole() {
    SpecFiles files = SpecFiles.stored(requestContext);
    ObjectNode grid = settings.deepCopy().retain("x", "y");
    grid.set("request", SpecJson.write(spec, files));
    return new WholeRequest(grid, files.images());
  }

  /** Returns the warnings of the request. */
  List<String> warnings() {
    return warnings;
  }

  VariationGrid grid() {
    return rows.map(axis -> VariationGrid.of(spec, columns, axis))
        .orElseGet(() -> VariationGrid.of(spec, columns));
  }

  /** Returns the plan and the amount of work as JSON. */
  ObjectNode json() {
    ObjectNode json = axes();
    json.put("cells", columns.labels().size() * rows.map(axis -> axis.labels().size()).orElse(1));
    json.put("pixel_steps", work);
    return json;
  }

  /** Returns the names and values of the axes. */
  ObjectNode axes() {
    ObjectNode json = Fields.object();
    json.set("columns", json(columns));
    rows.ifPresent(axis -> json.set("rows", json(axis)));
    return json;
  }

  private static ObjectNode json(Axis axis) {
    ObjectNode json = Fields.object().put("name", axis.name());
    ArrayNode values = json.putArray("values");
    axis.labels().forEach(values::add);
    return json;
  }
}
