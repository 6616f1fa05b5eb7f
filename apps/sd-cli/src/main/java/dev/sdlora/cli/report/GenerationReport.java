package dev.sdlora.cli.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.cli.console.OptionWords;
import dev.sdlora.cli.console.PeakMemory;
import dev.sdlora.request.LoraReports;
import java.util.List;
import java.util.Locale;

/**
 * The output of {@code sd generate --json}; {@code files}, {@code seeds} and so on are parallel
 * lists.
 */
public record GenerationReport(
    GenerationResult result, List<ImageWriter.Saved> images, Seconds seconds) {

  /** The time taken to open the checkpoint, load its weights and generate. */
  public record Seconds(double open, double load, double generate) {}

  public ObjectNode toJson() {
    ObjectNode json = Json.object();
    ArrayNode paths = json.putArray("files");
    ArrayNode seeds = json.putArray("seeds");
    ImageWriter.Saved first = images.get(0);
    json.put("precision", result.precision().name().toLowerCase(Locale.ROOT));
    json.put("size", first.width() + "x" + first.height());
    ArrayNode loras = json.putArray("loras");
    json.set("warnings", Json.tree(OptionWords.in(result.warnings())));
    ArrayNode parameters = json.putArray("parameters");
    for (ImageWriter.Saved image : images) {
      paths.add(image.file().toString());
      seeds.add(image.seed());
      parameters.add(image.parameters());
    }
    result.loras().forEach(lora -> loras.add(LoraReports.withPath(lora)));
    result.vae().ifPresent(vae -> json.put("vae", vae));
    json.set("seconds", Json.tree(seconds));
    PeakMemory.residentBytes().ifPresent(bytes -> json.put("peakResidentBytes", bytes));
    return json;
  }
}
