package dev.sdlora.server;

import dev.sdlora.server.http.Route;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Requests to the routes of a server that name something which another client may own. */
final class RoutesWithIds {
  private RoutesWithIds() {}

  static Map<String, HttpRequest.Builder> ofEnded(Served served, String id, String grid) {
    String job = "/api/jobs/" + id;
    return Map.of(
        "GET /api/jobs/{id}", served.request(job),
        "GET /api/jobs/{id}/events", served.request(job + "/events"),
        "GET /api/jobs/{id}/images/{number}", served.request(job + "/images/0"),
        "GET /api/jobs/{id}/images/{number}/thumbnail", served.request(job + "/images/0/thumbnail"),
        "POST /api/jobs/{id}/skip", served.post(job + "/skip", "{}"),
        "POST /api/jobs/{id}/interrupt", served.post(job + "/interrupt", "{}"),
        "GET /api/grids/{id}/cells/{number}", served.request("/api/grids/" + grid + "/cells/0"));
  }

  static Map<String, HttpRequest.Builder> ofTraining(Served served, String path) {
    Map<String, HttpRequest.Builder> visits = new LinkedHashMap<>();
    visits.put("GET /api/trainings/{id}", served.request(path));
    visits.put("GET /api/trainings/{id}/samples/{number}", served.request(path + "/samples/0"));
    visits.put("GET /api/trainings/{id}/report", served.request(path + "/report"));
    visits.put("POST /api/trainings/{id}/resume", served.post(path + "/resume", "{}"));
    visits.put("DELETE /api/trainings/{id}", served.request(path).DELETE());
    return visits;
  }

  static Map<String, HttpRequest.Builder> ofImage(Served served, String path) {
    Map<String, HttpRequest.Builder> visits = new LinkedHashMap<>();
    visits.put("GET /api/gallery/{name}", served.request(path));
    visits.put("GET /api/gallery/{name}/thumbnail", served.request(path + "/thumbnail"));
    visits.put("GET /api/gallery/{name}/settings", served.request(path + "/settings"));
    visits.put("DELETE /api/gallery/{name}", served.request(path).DELETE());
    return visits;
  }

  /** The routes of the server that name something which another client may own. */
  static List<String> of(Served served) {
    return served.server.routes().stream()
        .filter(route -> route.callers() == Route.Callers.OWNERS)
        .map(Route::toString)
        .toList();
  }
}
