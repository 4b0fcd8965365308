/** What the outer app hands to every route: the id of the request, which is the id of its check too. */
export type Env = {
  Variables: {
    requestId: string;
    /** It was refused because there is too much to do. */
    isShed?: boolean;
  };
};
