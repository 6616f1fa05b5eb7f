package dev.sdlora.server.sdapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Preprocessor;
import dev.sdlora.api.value.ControlFilter;
import dev.sdlora.api.value.UnionType;
import dev.sdlora.request.ControlModules;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import dev.sdlora.server.http.Answers;
import dev.sdlora.server.http.Bodies;
import dev.sdlora.server.http.Refusal;
import dev.sdlora.server.http.Route;
import dev.sdlora.server.http.RouteCost;
import io.javalin.http.Context;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/** {@code /controlnet}: lists ControlNets and preprocessors, and makes control images. */
final class ControlNetListings {
  /** The module of units whose model is an IP-Adapter, which encodes images by itself. */
  private static final String IMAGE_PROMPT = "ip-adapter-auto";

  private final RequestContext requestContext;

  /** Limits preprocessing to one image at a time, because it needs many bytes for each pixel. */
  private final ReentrantLock preprocessing = new ReentrantLock(true);

  ControlNetListings(RequestContext requestContext) {
    this.requestContext = requestContext;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/controlnet/version",
            context -> Answers.json(context, Fields.object().put("version", 2))),
        Route.get(
            "/controlnet/model_list",
            context -> {
              ObjectNode answer = Fields.object();
              requestContext.controlNets().keySet().forEach(answer.putArray("model_list")::add);
              Answers.json(context, answer);
            }),
        Route.get("/controlnet/module_list", context -> Answers.json(context, modules())),
        Route.get("/controlnet/control_types", context -> Answers.json(context, controlTypes())),
        Route.get(
            "/controlnet/settings",
            context -> Answers.json(context, Fields.object().put("control_net_unit_count", 10))),
        Route.post("/controlnet/detect", this::detect, RouteCost.JOB));
  }

  private List<ControlFilter> filters() {
    return requestContext.pipeline().preprocessors().stream()
        .map(Preprocessor::name)
        .map(ControlFilter::parse)
        .toList();
  }

  private ObjectNode modules() {
    ObjectNode answer = Fields.object();
    ArrayNode names = answer.putArray("module_list");
    ObjectNode details = answer.putObject("module_detail");
    for (ControlFilter filter : filters()) {
      names.add(filter.id());
      ObjectNode detail = details.putObject(filter.id()).put("model_free", false);
      ArrayNode sliders = detail.putArray("sliders");
      if (filter.resizes()) {
        sliders.add(slider("Resolution", "Preprocessor Resolution", 64, 2048, 8, 512));
      } else if (!filter.sliders().isEmpty()) {
        sliders.addNull();
      }
      for (ControlFilter.Slider slider : filter.sliders()) {
        sliders.add(
            slider(
                slider.label(),
                slider.label(),
                slider.least(),
                slider.most(),
                slider.step(),
                slider.usual()));
      }
    }
    names.add(IMAGE_PROMPT);
    details.putObject(IMAGE_PROMPT).put("model_free", false).putArray("sliders");
    return answer;
  }

  private static ObjectNode slider(
      String name, String label, double least, double most, double step, double usual) {
    return Fields.object()
        .put("name", name)
        .put("label", label)
        .put("min", least)
        .put("max", most)
        .put("step", step)
        .put("value", usual);
  }

  private ObjectNode controlTypes() {
    ObjectNode answer = Fields.object();
    ObjectNode types = answer.putObject("control_types");
    List<String> models = List.copyOf(requestContext.controlNets().keySet());
    List<ControlFilter> filters = filters();
    List<String> modules = filters.stream().map(ControlFilter::id).toList();
    add(types, "All", with(modules, IMAGE_PROMPT), models, ControlFilter.NONE.id());
    TreeMap<String, List<String>> byType = new TreeMap<>();
    for (ControlFilter filter : filters) {
      for (String type : filter.types()) {
        List<String> before = byType.getOrDefault(type, List.of(ControlFilter.NONE.id()));
        byType.put(type, with(before, filter.id()));
      }
    }
    byType.put("IP-Adapter", List.of(ControlFilter.NONE.id(), IMAGE_PROMPT));
    byType.forEach(
        (type, of) ->
            add(
                types,
                type,
                of,
                type.equals("IP-Adapter")
                    ? requestContext.imageAdapters()
                    : models.stream().filter(model -> isOf(type, model)).toList(),
                of.get(1)));
    return answer;
  }

  /** As in A1111, the name of a model says its types; a union has all those of its kind. */
  private static boolean isOf(String type, String model) {
    String name = model.toLowerCase(Locale.ROOT);
    return name.contains(type.toLowerCase(Locale.ROOT))
        || (name.contains("union") && UnionType.isKnown(type));
  }

  private static List<String> with(List<String> modules, String last) {
    return Stream.concat(modules.stream(), Stream.of(last)).toList();
  }

  private static void add(
      ObjectNode types, String type, List<String> modules, List<String> models, String usual) {
    ObjectNode node = types.putObject(type);
    modules.forEach(node.putArray("module_list")::add);
    ArrayNode names = node.putArray("model_list").add("None");
    models.forEach(names::add);
    node.put("default_option", usual);
    node.put("default_model", type.equals("All") || models.isEmpty() ? "None" : models.get(0));
  }

  private void detect(Context context) {
    Fields fields = Bodies.fields(context);
    Preprocessor preprocessor =
        ControlModules.read(fields, "controlnet_", requestContext.pipeline().preprocessors());
    List<String> images = fields.texts("controlnet_input_images");
    if (images.isEmpty() || images.size() > requestContext.limits().images()) {
      throw new Refusal(
          422,
          images.isEmpty()
              ? "No image selected"
              : "field 'controlnet_input_images' must have at most %s images: %s"
                  .formatted(requestContext.limits().images(), images.size()));
    }
    ObjectNode answer = Fields.object();
    ArrayNode made = answer.putArray("images");
    for (String text : images) {
      Image image =
          requestContext
              .images()
              .image("controlnet_input_images", text, requestContext.limits().pixels());
      ControlModules.requirePixels(preprocessor, image, requestContext.limits().pixels());
      made.add(Base64Images.base64(Base64Images.png(made(preprocessor, image).toBufferedImage())));
    }
    Answers.json(context, answer.put("info", "Success"));
  }

  private Image made(Preprocessor preprocessor, Image image) {
    preprocessing.lock();
    try {
      return preprocessor.apply(image);
    } finally {
      preprocessing.unlock();
    }
  }
}
