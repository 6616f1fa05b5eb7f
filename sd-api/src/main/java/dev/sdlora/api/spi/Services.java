package dev.sdlora.api.spi;

import java.util.Optional;
import java.util.ServiceLoader;

/**
 * What implements the public API, each service loaded once, when it is first needed. No part of the
 * API: the module keeps this package to itself.
 */
public final class Services {
  private static final ClassValue<Optional<?>> FOUND =
      new ClassValue<>() {
        @Override
        protected Optional<?> computeValue(Class<?> service) {
          return ServiceLoader.load(service, service.getClassLoader()).findFirst();
        }
      };

  private Services() {}

  /**
   * Finds the implementation of a service.
   *
   * @param <S> what the service can do
   * @param service the type that it is found by
   * @return always the same one
   * @throws IllegalStateException if there is none
   */
  public static <S> S find(Class<S> service) {
    return find(service, "sd-pipeline");
  }

  /**
   * Finds the implementation of a service that not everybody needs.
   *
   * @param <S> what the service can do
   * @param service the type that it is found by
   * @param artifact which implements it, for the message
   * @return always the same one
   * @throws IllegalStateException if there is none
   */
  public static <S> S find(Class<S> service, String artifact) {
    return FOUND
        .get(service)
        .map(service::cast)
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "nothing implements %s; add the dependency dev.sdlora:%s"
                        .formatted(service.getName(), artifact)));
  }
}
