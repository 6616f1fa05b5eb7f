package dev.sdlora.server.loras;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.ErrorMessages;
import dev.sdlora.server.http.Parameters;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** {@code /api/loras}: searches the LoRAs of the pipeline by their metadata. */
public final class LorasApi {
  private static final int PAGE = 60;
  private static final int MAX_PAGE = 500;

  /** Time that a request waits for measurements of other requests. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final RecentLoras loras;
  private final RequestContext requestContext;
  private final ErrorMessages messages;
  private final LoraPlaces places;
  private final LoraThumbnails thumbnails = new LoraThumbnails();

  /** The measured effects by checkpoint. */
  private final Map<Checkpoint, Effects> effects = new ConcurrentHashMap<>();

  /**
   * Creates the API of a library.
   *
   * @param requestContext the checkpoints to use them with
   */
  public LorasApi(RecentLoras loras, RequestContext requestContext, ErrorMessages messages) {
    this.loras = loras;
    this.requestContext = requestContext;
    this.messages = messages;
    this.places = new LoraPlaces(loras);
  }

  /** Returns the routes. */
  public List<Route> routes() {
    return List.of(
        Route.get("/api/loras", this::list),
        Route.get(
                "/api/loras/{name}",
                context -> Answers.json(context, view(checkpoint(context)).details(find(context))))
            .forClients(),
        Route.get("/api/loras/{name}/preview", this::preview).forClients(),
        Route.get("/api/loras/{name}/effect", this::effect).forClients());
  }

  /** Returns the checkpoint that a request names, else the current one. */
  private Checkpoint checkpoint(Context context) {
    return Parameters.text(context, "checkpoint")
        .map(requestContext::of)
        .orElse(requestContext)
        .model()
        .checkpoint();
  }

  private LoraView view(Checkpoint checkpoint) {
    return new LoraView(checkpoint, places, thumbnails);
  }

  private Effects effects(Checkpoint checkpoint) {
    return new Effects(
        lora -> LoraView.effect(lora.fitOn(checkpoint), messages), PATIENCE, System::nanoTime);
  }

  private LoraAdapter find(Context context) {
    try {
      return loras.find(context.pathParam("name"));
    } catch (LoraException e) {
      throw e.reason() == LoraException.Reason.UNKNOWN ? new Refusal(404, "" + e.getMessage()) : e;
    }
  }

  /** Scans the folders for the first page; further pages use the same scan. */
  private void list(Context context) {
    int from = Parameters.whole(context, "from", 0, Integer.MAX_VALUE);
    int count = Parameters.whole(context, "count", PAGE, MAX_PAGE);
    Checkpoint checkpoint = checkpoint(context);
    LoraView view = view(checkpoint);
    LoraQuery query = LoraQuery.text(Parameters.text(context, "search").orElse(""));
    List<LoraAdapter> all = from == 0 ? loras.searchAnew(query) : loras.search(query);
    List<LoraAdapter> fitting =
        fitting(all, Parameters.text(context, "family").orElse(""), checkpoint);
    List<String> folders = places.folders(fitting);
    List<LoraAdapter> found =
        Parameters.text(context, "folder")
            .map(folder -> fitting.stream().filter(lora -> places.isIn(lora, folder)).toList())
            .orElse(fitting);
    ObjectNode answer = Fields.object();
    answer.put("total", found.size());
    ArrayNode names = answer.putArray("folders");
    folders.forEach(names::add);
    ArrayNode page = answer.putArray("loras");
    found.stream().skip(from).limit(count).forEach(lora -> page.add(view.card(lora)));
    Answers.json(context, answer);
  }

  /** With {@code fits}, LoRAs of unknown family are included. */
  private static List<LoraAdapter> fitting(
      List<LoraAdapter> all, String family, Checkpoint checkpoint) {
    return switch (family) {
      case "" -> all;
      case "fits" ->
          all.stream().filter(lora -> LoraView.fit(lora, checkpoint) != LoraView.Fit.NO).toList();
      default ->
          all.stream().filter(lora -> lora.family().label().equalsIgnoreCase(family)).toList();
    };
  }

  /** The URL contains the version, so browsers need not revalidate. */
  private void preview(Context context) {
    byte[] jpeg = thumbnails.jpeg(find(context));
    context.header("Cache-Control", "private, max-age=31536000, immutable");
    context.contentType("image/jpeg").result(jpeg);
  }

  private void effect(Context context) throws InterruptedException {
    double weight;
    try {
      weight = Parameters.text(context, "weight").map(Double::parseDouble).orElse(1.0);
    } catch (NumberFormatException e) {
      throw new Refusal(422, "'weight' must be a number");
    }
    Effects measured = effects.computeIfAbsent(checkpoint(context), this::effects);
    Answers.json(context, measured.of(find(context).withStrength(weight)));
  }
}
