package dev.sdlora.spring;

import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.Nearest;
import java.lang.reflect.RecordComponent;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * The properties {@code sdlora.*} that are options of requests, by the names of the options. An
 * unknown property prevents the application from starting.
 */
record RequestProperties(Map<String, Object> given) {
  private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("sdlora");

  /**
   * Reads the properties.
   *
   * @throws org.springframework.boot.context.properties.bind.BindException if a value has another
   *     type
   * @throws StableDiffusionException if a property is unknown
   */
  static RequestProperties of(ConfigurableEnvironment environment) {
    Iterable<ConfigurationPropertySource> sources =
        ConfigurationPropertySources.from(environment.getPropertySources());
    requireKnown(sources);
    Binder binder = new Binder(sources, new PropertySourcesPlaceholdersResolver(environment));
    Map<String, Object> given = new HashMap<>();
    RequestOptions.ALL.forEach(
        (name, option) ->
            binder
                .bind(PREFIX.append(option.property()), Bindable.of(option.type()))
                .ifBound(value -> given.put(name, value)));
    return new RequestProperties(given);
  }

  private static void requireKnown(Iterable<ConfigurationPropertySource> sources) {
    Map<ConfigurationPropertyName, Boolean> known = known();
    UnboundElementsSourceFilter filter = new UnboundElementsSourceFilter();
    for (ConfigurationPropertySource source : sources) {
      if (source instanceof IterableConfigurationPropertySource iterable && filter.apply(source)) {
        iterable.stream()
            .filter(PREFIX::isAncestorOf)
            .filter(name -> !isKnown(name, known))
            .findFirst()
            .ifPresent(name -> refuse(name, source.getConfigurationProperty(name), known));
      }
    }
  }

  /** Returns all properties, each with whether names below it are parts of its value. */
  private static Map<ConfigurationPropertyName, Boolean> known() {
    Map<ConfigurationPropertyName, Boolean> known = new LinkedHashMap<>();
    RequestOptions.ALL
        .values()
        .forEach(option -> known.put(PREFIX.append(option.property()), option.hasParts()));
    for (RecordComponent part : SdLoraProperties.class.getRecordComponents()) {
      known.put(
          PREFIX.append(DataObjectPropertyName.toDashedForm(part.getName())),
          part.getType() == List.class);
    }
    return known;
  }

  private static boolean isKnown(
      ConfigurationPropertyName name, Map<ConfigurationPropertyName, Boolean> known) {
    return known.containsKey(name) || known.getOrDefault(name.chop(2), false);
  }

  private static void refuse(
      ConfigurationPropertyName name,
      @Nullable ConfigurationProperty property,
      Map<ConfigurationPropertyName, Boolean> known) {
    String origin =
        Optional.ofNullable(property)
            .map(ConfigurationProperty::getOrigin)
            .map(at -> " at " + at)
            .orElse("");
    List<String> names = known.keySet().stream().map(String::valueOf).toList();
    throw new StableDiffusionException(
        "the property '%s'%s is unknown".formatted(name, origin)
            + Nearest.question(name.toString(), names));
  }
}
