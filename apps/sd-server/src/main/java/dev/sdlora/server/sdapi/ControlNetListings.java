package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.request.Fields;
import dev.sdlora.request.RequestContext;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Refusal;
import io.javalin.config.RoutesConfig;

/** {@code /controlnet}: lists the ControlNets; preprocessors are not supported. */
final class ControlNetListings {
  private final RequestContext offer;

  ControlNetListings(RequestContext offer) {
    this.offer = offer;
  }

  void addTo(RoutesConfig routes) {
    routes.get(
        "/controlnet/version", context -> Answers.json(context, Fields.object().put("version", 2)));
    routes.get(
        "/controlnet/model_list",
        context -> {
          ObjectNode answer = Fields.object();
          offer.controlNets().keySet().forEach(answer.putArray("model_list")::add);
          Answers.json(context, answer);
        });
    routes.get(
        "/controlnet/module_list",
        context -> {
          ObjectNode answer = Fields.object();
          answer.putArray("module_list").add("none");
          answer.putObject("module_detail");
          Answers.json(context, answer);
        });
    routes.get("/controlnet/control_types", context -> Answers.json(context, controlTypes()));
    routes.get(
        "/controlnet/settings",
        context -> Answers.json(context, Fields.object().put("control_net_unit_count", 10)));
    routes.post(
        "/controlnet/detect",
        context -> {
          throw new Refusal(
              422,
              "preprocessors are not supported; send the preprocessed image with module 'none'");
        });
  }

  private ObjectNode controlTypes() {
    ObjectNode answer = Fields.object();
    ObjectNode all = answer.putObject("control_types").putObject("All");
    all.putArray("module_list").add("none");
    var models = all.putArray("model_list").add("None");
    offer.controlNets().keySet().forEach(models::add);
    all.put("default_option", "none");
    all.put("default_model", "None");
    return answer;
  }
}
