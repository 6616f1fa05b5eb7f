package dev.sdlora.server.grids;

import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.json.Fields;

/** Reads bodies of {@code /api/grids}. */
public final class GridCheck {
  private GridCheck() {}

  /**
   * Reads a body, and the form in which a job stores it.
   *
   * @param body the body
   * @param context the names that it can use
   * @throws dev.sdlora.server.http.Refusal if an axis is invalid, or the grid is too large
   * @throws AssertionError if the stored form is another grid
   */
  public static void read(Fields body, RequestContext context) {
    GridPlan plan = GridPlan.read(body, context);
    GridPlan again = GridPlan.read(Fields.of(plan.settings().deepCopy()), context);
    if (!again.json().equals(plan.json())) {
      throw new AssertionError(plan.json() + " came back as " + again.json());
    }
  }
}
