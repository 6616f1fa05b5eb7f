package dev.sdlora.server.image;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.SegmentationModel;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.RetryAfter;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.http.RouteCost;
import io.javalin.http.Context;
import java.awt.Point;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/**
 * {@code /v1/masks}: makes the mask of the thing at a point of an image. Runs in parallel with
 * drawing, since a user who clicks waits for it; one mask at a time, because a network uses all
 * cores.
 */
public final class MasksApi implements AutoCloseable {
  private static final int MOST_POINTS = 100;

  /** Each waiting request holds a thread of the server. */
  private static final int MOST_WAITING = 8;

  private final RequestContext requestContext;
  private final Optional<SegmentationModel> model;
  private final Semaphore places = new Semaphore(MOST_WAITING);
  private final Semaphore turn = new Semaphore(1, true);

  private volatile boolean closed;

  /**
   * Creates the API.
   *
   * @param model empty to refuse all requests
   */
  public MasksApi(RequestContext requestContext, Optional<SegmentationModel> model) {
    this.requestContext = requestContext;
    this.model = model;
  }

  /** Whether there is a model. */
  public boolean available() {
    return model.isPresent();
  }

  /** Returns the route. */
  public List<Route> routes() {
    return List.of(Route.post("/v1/masks", this::make, RouteCost.CALL).withModel("masks by click"));
  }

  private void make(Context context) {
    SegmentationModel network =
        model.orElseThrow(
            () ->
                new Refusal(
                    501,
                    "this server makes no masks of points, because it has no segmentation model"
                        + " (sd serve --segmentation ENCODER,DECODER)"));
    Fields fields = Bodies.fields(context);
    String given = fields.name("image").orElseThrow(() -> Refusal.missing("image"));
    if (!fields.has("inside")) {
      throw Refusal.missing("inside");
    }
    Image image = requestContext.images().image("image", given, requestContext.limits().pixels());
    List<Point> inside = points(fields, "inside", image);
    List<Point> outside = points(fields, "outside", image);
    if (inside.isEmpty() || inside.size() + outside.size() > MOST_POINTS) {
      throw Refusal.of(
          "inside",
          "fields 'inside' and 'outside' must have from 1 to %s points, at least one of them inside: %s and %s"
              .formatted(MOST_POINTS, inside.size(), outside.size()));
    }
    Image mask = made(network, image, inside, outside);
    context.contentType("image/png").result(Base64Images.png(mask.toBufferedImage()));
  }

  /** Reads pairs of pixels from the top left corner. */
  private static List<Point> points(Fields fields, String name, Image image) {
    List<Point> points = new ArrayList<>();
    if (!fields.has(name)) {
      return points;
    }
    JsonNode list = fields.node().get(name);
    if (!list.isArray() || list.size() > MOST_POINTS) {
      throw Refusal.of(
          name,
          "field '%s' must be a list of at most %s points, such as [[10, 20]]"
              .formatted(name, MOST_POINTS));
    }
    for (JsonNode pair : list) {
      if (!pair.isArray()
          || pair.size() != 2
          || !pair.get(0).isNumber()
          || !pair.get(1).isNumber()) {
        throw Refusal.of(
            name, "a point of field '%s' must be two numbers, such as [10, 20]".formatted(name));
      }
      double x = Math.floor(pair.get(0).doubleValue());
      double y = Math.floor(pair.get(1).doubleValue());
      if (!(x >= 0 && y >= 0 && x < image.width() && y < image.height())) {
        throw Refusal.of(
            name,
            "a point of field '%s' must be in the image of %sx%s pixels: %s"
                .formatted(name, image.width(), image.height(), pair));
      }
      points.add(new Point((int) x, (int) y));
    }
    return points;
  }

  private Image made(
      SegmentationModel network, Image image, List<Point> inside, List<Point> outside) {
    if (!places.tryAcquire()) {
      throw new Refusal(
          429, "%s other masks are being made".formatted(MOST_WAITING), RetryAfter.unknown());
    }
    try {
      turn.acquireUninterruptibly();
      try {
        if (closed) {
          throw new Refusal(503, "the server is stopping");
        }
        return network.mask(image, inside, outside);
      } finally {
        turn.release();
      }
    } finally {
      places.release();
    }
  }

  /**
   * Refuses further masks and waits for the one that is being made, so that the model can close.
   */
  @Override
  public void close() {
    closed = true; // Those that wait for their turn end at once.
    turn.acquireUninterruptibly();
    turn.release();
  }
}
