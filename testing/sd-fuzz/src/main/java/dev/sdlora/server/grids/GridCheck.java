package dev.sdlora.server.grids;

import dev.sdlora.request.Fields;
import dev.sdlora.request.RequestContext;

/** Reads bodies of {@code /api/grids}. */
public final class GridCheck {
  private GridCheck() {}

  /**
   * Reads a body, and what a job keeps of it.
   *
   * @throws dev.sdlora.server.http.Refusal if an axis cannot be used, or the grid is too large
   * @throws AssertionError if what a job keeps is another grid
   */
  public static void read(Fields body, RequestContext offer) {
    GridPlan plan = GridPlan.read(body, offer);
    GridPlan again = GridPlan.read(Fields.of(plan.settings().deepCopy()), offer);
    if (!again.json().equals(plan.json())) {
      throw new AssertionError(plan.json() + " came back as " + again.json());
    }
  }
}
